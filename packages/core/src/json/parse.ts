import { isUtf8 } from 'node:buffer'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { MalformedReason } from '../fault.ts'
import { isObject, type JsonObject } from './json.ts'
import { type HugeIntegers, type ScanLimits, scan } from './scan.ts'

const BOM = [0xef, 0xbb, 0xbf]

const isJsonObject = (value: unknown): value is JsonObject => isObject(value)

/** Quotes integers beyond 2^53. They are parsed as digit strings instead of wrong numbers. */
const quote = (json: Buffer, literals: HugeIntegers): string => {
  let quoted = ''
  let copied = 0
  for (const [from, to] of literals) {
    quoted += `${json.toString('utf8', copied, from)}"${json.toString('utf8', from, to)}"`
    copied = to
  }
  return quoted + json.toString('utf8', copied)
}

/** Parses bytes into a JSON object. Depth, number of values and forbidden keys are checked before the parser builds anything. */
export const parse = (raw: Uint8Array, limits: ScanLimits): Either<MalformedReason, JsonObject> => {
  if (!isUtf8(raw)) return left('not_utf8')
  const given = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const json = BOM.every((byte, index) => given[index] === byte) ? given.subarray(BOM.length) : given
  const scanned = scan(json, limits)
  if (isLeft(scanned)) return scanned
  const hugeIntegers = scanned.right
  try {
    const value: unknown = JSON.parse(hugeIntegers.length === 0 ? json.toString('utf8') : quote(json, hugeIntegers))
    return isJsonObject(value) ? right(value) : left('not_an_object')
  } catch {
    return left('not_json')
  }
}
