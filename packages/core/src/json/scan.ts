import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { MalformedReason } from '../fault.ts'

/** The limits of a body. */
export interface ScanLimits {
  readonly depth: number
  readonly values: number
}

/** The positions of numbers beyond 2^53, which a double cannot hold exactly or at all. */
export type HugeNumbers = readonly (readonly [from: number, to: number])[]

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const COMMAND = 'CallbackCommand'
/** The JSON parser allocates for each distinct key: 1 MiB of distinct keys costs four times as much as 1 MiB of other JSON. */
const MAX_DISTINCT_KEYS = 4_000
/** Only keys of these lengths can be forbidden or the command. */
const RELEVANT_LENGTHS = new Set([...FORBIDDEN, COMMAND].map(({ length }) => length))
// A number with this many digits may be beyond 2^53, and one with an exponent beyond all doubles.
const SUSPICIOUS_DIGITS = 16
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?<exponent>[eE][+-]?\d+)?$/

/** Returns whether a literal is a number beyond 2^53. With an exponent it is rounded anyway, so it only must not become infinite. */
const isHuge = (literal: string): boolean => {
  const match = NUMBER.exec(literal)
  const size = Math.abs(Number(literal))
  return match !== null && (match.groups?.exponent === undefined ? size > Number.MAX_SAFE_INTEGER : size === Number.POSITIVE_INFINITY)
}

// Undefined after the last byte.
type Code = number | undefined
const isSpace = (code: Code): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isLetter = (code: Code = 0): boolean => code >= 0x61 && code <= 0x7a
const isExponent = (code: Code): boolean => code === 0x45 || code === 0x65
const isNumeric = (code: Code = 0): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || isExponent(code)

/** Returns the index after the closing quote of the string that starts at `from`, or after the end of the input. */
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

/** Returns the parsed key between two quotes. Undefined for keys that cannot be forbidden or the command. */
const relevantKey = (json: Buffer, from: number, end: number, hasEscape: boolean): string | undefined => {
  if (!hasEscape) return RELEVANT_LENGTHS.has(end - from - 2) ? json.toString('latin1', from + 1, end - 1) : undefined
  try {
    return String(JSON.parse(json.toString('utf8', from, end)))
  } catch {
    return undefined
  }
}

/**
 * Checks the bytes of a body in one pass, without recursion, before it is parsed. It refuses too deep nesting, too many values or
 * distinct keys, forbidden keys (also when escaped), and a repeated command. Returns the positions of numbers beyond 2^53. It does not
 * check the grammar: the parser refuses invalid JSON afterwards.
 */
export const scan = (json: Buffer, limits: ScanLimits): Either<MalformedReason, HugeNumbers> => {
  const huge: [number, number][] = []
  let depth = 0
  let values = 0
  let keys = 0
  let distinctKeys: Set<string> | undefined
  let commands = 0
  // The next backslash, or -1: most bodies have none.
  let escapedAt = json.indexOf(BACKSLASH)
  let at = 0
  while (at < json.length) {
    const code = json[at]
    if (code === QUOTE) {
      const end = endOfString(json, at)
      if (json[skipSpace(json, end)] === COLON) {
        if (escapedAt !== -1 && escapedAt < at) escapedAt = json.indexOf(BACKSLASH, at)
        const key = relevantKey(json, at, end, escapedAt !== -1 && escapedAt < end)
        if (key !== undefined && FORBIDDEN.has(key)) return left('forbidden_key')
        keys += 1
        // Distinct keys are counted only from here on: genuine bodies have fewer keys, or repeat the same ones.
        if (keys > MAX_DISTINCT_KEYS) {
          distinctKeys ??= new Set()
          if (distinctKeys.add(json.toString('latin1', at, end)).size > MAX_DISTINCT_KEYS) return left('too_many_keys')
        }
        if (key === COMMAND && depth === 1) commands += 1
        if (commands > 1) return left('two_commands')
      } else values += 1
      at = end
    } else if (code === COMMA || code === COLON) {
      at += 1
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      values += 1
      if (depth > limits.depth) return left('too_deep')
      at += 1
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      at += 1
    } else if (isNumeric(code)) {
      const from = at
      let hasExponent = false
      for (; isNumeric(json[at]); at += 1) hasExponent ||= isExponent(json[at])
      values += 1
      if (hasExponent || at - from >= SUSPICIOUS_DIGITS) {
        const literal = json.toString('latin1', from, at)
        // Quoting a bare number in the place of a key would make the JSON valid.
        if (json[skipSpace(json, at)] === COLON) return left('not_json')
        if (isHuge(literal)) huge.push([from, at])
      }
    } else if (isLetter(code)) {
      // true, false, null
      while (isLetter(json[at])) at += 1
      values += 1
    } else at += 1
    if (values > limits.values) return left('too_many_values')
  }
  return right(huge)
}
