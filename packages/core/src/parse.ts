import { isUtf8 } from 'node:buffer'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Malformation } from './fault.ts'
import { isObject, type JsonObject } from './json.ts'
import { type ScanLimits, scan } from './scan.ts'

const BOM = 0xfeff

const isJsonObject = (value: unknown): value is JsonObject => isObject(value)

/** Quotes integers that a number cannot hold, so that they arrive as digit strings instead of wrong numbers. */
const quote = (text: string, literals: readonly (readonly [from: number, to: number])[]): string => {
  let quoted = ''
  let done = 0
  for (const [from, to] of literals) {
    quoted += `${text.slice(done, from)}"${text.slice(from, to)}"`
    done = to
  }
  return quoted + text.slice(done)
}

/** Bytes to a JSON object, under limits, without harm: nesting, number of values and forbidden keys are looked at before anything is built. */
export const parse = (raw: Uint8Array, limits: ScanLimits): Either<Malformation, JsonObject> => {
  if (!isUtf8(raw)) return left('not_utf8')
  const decoded = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8')
  const text = decoded.charCodeAt(0) === BOM ? decoded.slice(1) : decoded
  const scanned = scan(text, limits)
  if (typeof scanned === 'string') return left(scanned)
  try {
    const value: unknown = JSON.parse(scanned.length === 0 ? text : quote(text, scanned))
    return isJsonObject(value) ? right(value) : left('not_an_object')
  } catch {
    return left('not_json')
  }
}
