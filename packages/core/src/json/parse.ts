import { isUtf8 } from 'node:buffer'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { MalformedReason } from '../fault.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { type HugeNumbers, type ScanLimits, scan } from './scan.ts'

const BOM = [0xef, 0xbb, 0xbf]

const isJsonObject = (value: unknown): value is JsonObject => isObject(value)

/** Quotes numbers beyond 2^53. They are parsed as texts of their digits instead of wrong numbers. */
const quote = (json: Buffer, literals: HugeNumbers): string => {
  let quoted = ''
  let copied = 0
  for (const [from, to] of literals) {
    quoted += `${json.toString('utf8', copied, from)}"${json.toString('utf8', from, to)}"`
    copied = to
  }
  return quoted + json.toString('utf8', copied)
}

const parseValue = (raw: Uint8Array, limits: ScanLimits): Either<MalformedReason, Json> => {
  if (!isUtf8(raw)) return left('not_utf8')
  const given = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const json = BOM.every((byte, index) => given[index] === byte) ? given.subarray(BOM.length) : given
  const scanned = scan(json, limits)
  if (isLeft(scanned)) return scanned
  const hugeNumbers = scanned.right
  try {
    return right(JSON.parse(hugeNumbers.length === 0 ? json.toString('utf8') : quote(json, hugeNumbers)))
  } catch {
    return left('not_json')
  }
}

/** Parses bytes into a JSON object. Depth, number of values and forbidden keys are checked before the parser builds anything. */
export const parse = (raw: Uint8Array, limits: ScanLimits): Either<MalformedReason, JsonObject> => {
  const parsed = parseValue(raw, limits)
  if (isLeft(parsed)) return parsed
  return isJsonObject(parsed.right) ? right(parsed.right) : left('not_an_object')
}

const UNLIMITED: ScanLimits = { depth: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY }

/**
 * Parses JSON of any kind as Callboard parses the bodies of callbacks. Numbers beyond 2^53 become texts of their digits. A byte order
 * mark is ignored. Throws a SyntaxError that names the reason, such as `not_json`.
 */
export const parseJson = (json: Uint8Array | string): Json => {
  const parsed = parseValue(typeof json === 'string' ? Buffer.from(json) : json, UNLIMITED)
  if (isLeft(parsed)) throw new SyntaxError(parsed.left)
  return parsed.right
}
