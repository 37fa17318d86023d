// C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the regex finds control characters
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const sanitizeText = (text: string): string => text.replace(CONTROLS, escaped)

/** Escapes control characters in all texts and field names of a value, so that it is safe to print on a terminal. */
export const sanitize = <T>(value: T): T => sanitizeValue(value) as T // the shape of the value does not change

const sanitizeValue = (value: unknown): unknown => {
  if (typeof value === 'string') return sanitizeText(value)
  if (Array.isArray(value)) return value.map(sanitizeValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [sanitizeText(name), sanitizeValue(each)]))
}

/** Escapes the control characters that JSON allows in a line of JSON. Its meaning does not change. */
export const escapeControlsInJson = (line: string): string => `${line.trimEnd().replace(CONTROLS, escaped)}\n`
