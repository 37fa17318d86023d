import type { Malformation } from './fault.ts'

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
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const COMMAND = 'CallbackCommand'
const LONGEST_KEY_OF_INTEREST = COMMAND.length
// From here on a whole number may lie beyond 2^53.
const SUSPICIOUS_DIGITS = 16
const INTEGER = /^-?[1-9]\d*$/

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isNumeric = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65

/** The index behind the closing quote of the string that opens at `from`; the end of the text when it never closes. */
const endOfString = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at + 1
  }
  return text.length
}

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}

/** The key as it will read once parsed; undefined for the many that are too long to matter. */
const keyOfInterest = (literal: string): string | undefined => {
  if (!literal.includes('\\')) return literal.length - 2 <= LONGEST_KEY_OF_INTEREST ? literal.slice(1, -1) : undefined
  try {
    return String(JSON.parse(literal))
  } catch {
    return undefined
  }
}

/**
 * One pass over the text of a body before it is parsed, without recursion: too deep, too many values, a key that reaches for a
 * prototype (also in escapes), the command twice. Otherwise the places of integers beyond 2^53. It does not check the grammar;
 * whatever it makes of broken JSON, the parser refuses it afterwards.
 */
export const scan = (text: string, limits: ScanLimits): Malformation | HugeIntegers => {
  const huge: [number, number][] = []
  let depth = 0
  let values = 0
  let commands = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      if (text.charCodeAt(skipSpace(text, end)) === COLON) {
        const key = keyOfInterest(text.slice(at, end))
        if (key !== undefined && FORBIDDEN.has(key)) return 'forbidden_key'
        if (key === COMMAND && depth === 1) commands += 1
        if (commands > 1) return 'two_commands'
      } else values += 1
      at = end
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
      while (isNumeric(text.charCodeAt(at))) at += 1
      values += 1
      if (at - from >= SUSPICIOUS_DIGITS) {
        const literal = text.slice(from, at)
        // Quoted, a bare number in a key's place would become valid JSON.
        if (text.charCodeAt(skipSpace(text, at)) === COLON) return 'not_json'
        if (INTEGER.test(literal) && !Number.isSafeInteger(Number(literal))) huge.push([from, at])
      }
    } else if (code >= 0x61 && code <= 0x7a) {
      // true, false, null
      while (text.charCodeAt(at) >= 0x61 && text.charCodeAt(at) <= 0x7a) at += 1
      values += 1
    } else at += 1
    if (values > limits.values) return 'too_many_values'
  }
  return huge
}
