import { hash } from 'node:crypto'
import { isObject, type JsonObject } from '../json/json.ts'

// A body with one of these fields names its occurrence. Equal bytes are then the same occurrence, sent twice.
const OCCURRENCE_FIELDS = ['EventTime', 'MsgKey', 'MsgId', 'MsgSeq', 'CallId', 'TaskId', 'CtxcbRequestId'] as const

/** A time in milliseconds, as a number or as digits. A time of another length would not sort as text. */
const MILLISECONDS = /^\d{13}$/

const namesOccurrence = (value: unknown): boolean => isObject(value) && OCCURRENCE_FIELDS.some((field) => Object.hasOwn(value, field))

/**
 * Returns the key by which a journal finds duplicates of one app and command: the hash of the body. Undefined when equal bytes may be
 * two occurrences. The key starts with the EventTime, if any, so that keys of one time are stored close together.
 */
export const dedupeKeyOf = (json: JsonObject, raw: Uint8Array): string | undefined => {
  const batch = json.Events
  if (!namesOccurrence(json) && !(Array.isArray(batch) && batch.some(namesOccurrence))) return undefined
  const digest = hash('sha256', raw, 'base64url')
  const { EventTime: time } = json
  return (typeof time === 'string' || typeof time === 'number') && MILLISECONDS.test(`${time}`) ? `${time}.${digest}` : digest
}
