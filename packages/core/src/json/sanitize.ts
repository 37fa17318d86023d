// C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides: nothing of these may reach a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const sanitizeText = (text: string): string => text.replace(CONTROLS, escaped)

/** A value of foreign origin made safe for a terminal: controls in its texts and names are shown as escapes. */
export const sanitize = <T>(value: T): T => sanitizeValue(value) as T // texts stay texts, lists lists, objects objects

const sanitizeValue = (value: unknown): unknown => {
  if (typeof value === 'string') return sanitizeText(value)
  if (Array.isArray(value)) return value.map(sanitizeValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [sanitizeText(name), sanitizeValue(each)]))
}

/** A line of JSON with the controls that JSON lets pass written as escapes: it says the same. */
export const escapeControlsInJson = (line: string): string => `${line.trimEnd().replace(CONTROLS, escaped)}\n`
