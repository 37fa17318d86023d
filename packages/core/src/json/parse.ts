import { isUtf8 } from 'node:buffer'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { MalformedReason } from '../fault.ts'
import { isObject, type JsonObject } from './json.ts'
import { type HugeIntegers, type ScanLimits, scan } from './scan.ts'

const BOM = [0xef, 0xbb, 0xbf]

const isJsonObject = (value: unknown): value is JsonObject => isObject(value)

/** Quotes integers that a number cannot hold, so that they arrive as digit strings instead of wrong numbers. */
const quote = (json: Buffer, literals: HugeIntegers): string => {
  let quoted = ''
  let done = 0
  for (const [from, to] of literals) {
    quoted += `${json.toString('utf8', done, from)}"${json.toString('utf8', from, to)}"`
    done = to
  }
  return quoted + json.toString('utf8', done)
}

/** Bytes to a JSON object, under limits, without harm: nesting, number of values and forbidden keys are looked at before anything is built. */
export const parse = (raw: Uint8Array, limits: ScanLimits): Either<MalformedReason, JsonObject> => {
  if (!isUtf8(raw)) return left('not_utf8')
  const given = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const json = BOM.every((byte, place) => given[place] === byte) ? given.subarray(BOM.length) : given
  const scanned = scan(json, limits)
  if (typeof scanned === 'string') return left(scanned)
  try {
    const value: unknown = JSON.parse(scanned.length === 0 ? json.toString('utf8') : quote(json, scanned))
    return isJsonObject(value) ? right(value) : left('not_an_object')
  } catch {
    return left('not_json')
  }
}
