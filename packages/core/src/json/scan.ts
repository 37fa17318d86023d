import type { MalformedReason } from '../fault.ts'

/** What a body may hold. */
export interface ScanLimits {
  readonly depth: number
  readonly values: number
}

/** Where integers stand that a number cannot hold exactly. */
export type HugeIntegers = readonly (readonly [from: number, to: number])[]

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const COMMAND = 'CallbackCommand'
/** From each different key the parser makes something of its own: a MiB of them costs it four times as much as a MiB of members. */
const MAX_DISTINCT_KEYS = 4_000
/** Keys of other lengths are of no interest, as they are written. */
const LENGTHS = new Set([...FORBIDDEN, COMMAND].map(({ length }) => length))
// From here on a whole number may lie beyond 2^53.
const SUSPICIOUS_DIGITS = 16
const INTEGER = /^-?[1-9]\d*$/

// Nothing stands behind the last byte: it is of no kind.
type Code = number | undefined
const isSpace = (code: Code): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isLetter = (code: Code = 0): boolean => code >= 0x61 && code <= 0x7a
const isNumeric = (code: Code = 0): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65

/** The index behind the closing quote of the string that opens at `from`; behind the end where it never closes. */
const endOfString = (json: Uint8Array, from: number): number => {
  let at = from + 1
  while (at < json.length) {
    const code = json[at]
    if (code === QUOTE) break
    at += code === BACKSLASH ? 2 : 1
  }
  return at + 1
}

const skipSpace = (json: Uint8Array, from: number): number => {
  let at = from
  while (isSpace(json[at])) at += 1
  return at
}

/** The key between two quotes as it will read once parsed; undefined for the many that do not matter. */
const keyOfInterest = (json: Buffer, from: number, end: number, hasEscape: boolean): string | undefined => {
  if (!hasEscape) return LENGTHS.has(end - from - 2) ? json.toString('latin1', from + 1, end - 1) : undefined
  try {
    return String(JSON.parse(json.toString('utf8', from, end)))
  } catch {
    return undefined
  }
}

/**
 * One pass over the bytes of a body before it is parsed, without recursion: too deep, too many values, a key that reaches for a
 * prototype (also in escapes), too many different keys, the command twice. Otherwise the places of integers beyond 2^53. It does not check the grammar;
 * whatever it makes of broken JSON, the parser refuses it afterwards.
 */
export const scan = (json: Buffer, limits: ScanLimits): MalformedReason | HugeIntegers => {
  const huge: [number, number][] = []
  let depth = 0
  let values = 0
  let keys = 0
  let later: Set<string> | undefined
  let commands = 0
  // The first backslash that is not behind us, or -1: most bodies have none.
  let escapedAt = json.indexOf(BACKSLASH)
  let at = 0
  while (at < json.length) {
    const code = json[at]
    if (code === QUOTE) {
      const end = endOfString(json, at)
      if (json[skipSpace(json, end)] === COLON) {
        if (escapedAt !== -1 && escapedAt < at) escapedAt = json.indexOf(BACKSLASH, at)
        const key = keyOfInterest(json, at, end, escapedAt !== -1 && escapedAt < end)
        if (key !== undefined && FORBIDDEN.has(key)) return 'forbidden_key'
        keys += 1
        // Looked at only from here on: no honest body comes this far, or it says the same few again and again.
        if (keys > MAX_DISTINCT_KEYS) {
          later ??= new Set()
          if (later.add(json.toString('latin1', at, end)).size > MAX_DISTINCT_KEYS) return 'too_many_keys'
        }
        if (key === COMMAND && depth === 1) commands += 1
        if (commands > 1) return 'two_commands'
      } else values += 1
      at = end
    } else if (code === COMMA || code === COLON) {
      at += 1
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      values += 1
      if (depth > limits.depth) return 'too_deep'
      at += 1
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      at += 1
    } else if (isNumeric(code)) {
      const from = at
      while (isNumeric(json[at])) at += 1
      values += 1
      if (at - from >= SUSPICIOUS_DIGITS) {
        const literal = json.toString('latin1', from, at)
        // Quoted, a bare number in a key's place would become valid JSON.
        if (json[skipSpace(json, at)] === COLON) return 'not_json'
        if (INTEGER.test(literal) && !Number.isSafeInteger(Number(literal))) huge.push([from, at])
      }
    } else if (isLetter(code)) {
      // true, false, null
      while (isLetter(json[at])) at += 1
      values += 1
    } else at += 1
    if (values > limits.values) return 'too_many_values'
  }
  return huge
}
