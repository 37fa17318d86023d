import { hash } from 'node:crypto'
import { isObject, type JsonObject } from './json.ts'

// A body with one of these says which occurrence it tells of, so that equal bytes are the same occurrence told twice.
const TELLING = ['EventTime', 'MsgKey', 'MsgId', 'MsgSeq', 'CallId', 'TaskId', 'CtxcbRequestId'] as const

const tells = (value: unknown): boolean => isObject(value) && TELLING.some((field) => Object.hasOwn(value, field))

/** What makes two callbacks of one app and command the same one: their bytes. Undefined where equal bytes may tell of two occurrences. */
export const identityOf = (json: JsonObject, raw: Uint8Array): string | undefined => {
  const batch = json.Events
  return tells(json) || (Array.isArray(batch) && batch.some(tells)) ? hash('sha256', raw, 'base64url') : undefined
}
