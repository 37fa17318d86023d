import { hash } from 'node:crypto'
import { isObject, type JsonObject } from '../json/json.ts'

// A body with one of these says which occurrence it tells of, so that equal bytes are the same occurrence told twice.
const OCCURRENCE_FIELDS = ['EventTime', 'MsgKey', 'MsgId', 'MsgSeq', 'CallId', 'TaskId', 'CtxcbRequestId'] as const

/** As a number or as digits: the vendor prints both. Of another length it would not sort by time. */
const MILLISECONDS = /^\d{13}$/

const namesOccurrence = (value: unknown): boolean => isObject(value) && OCCURRENCE_FIELDS.some((field) => Object.hasOwn(value, field))

/**
 * What makes two callbacks of one app and command the same one: their bytes. It begins with the EventTime where there is one, since a
 * journal finds what lies together faster. Undefined where equal bytes may tell of two occurrences.
 */
export const dedupeKeyOf = (json: JsonObject, raw: Uint8Array): string | undefined => {
  const batch = json.Events
  if (!namesOccurrence(json) && !(Array.isArray(batch) && batch.some(namesOccurrence))) return undefined
  const digest = hash('sha256', raw, 'base64url')
  const { EventTime: time } = json
  return (typeof time === 'string' || typeof time === 'number') && MILLISECONDS.test(`${time}`) ? `${time}.${digest}` : digest
}
