import { duration, integer, list, millis, size, strictStruct } from '@callboard/core'
import * as t from 'io-ts'
import { NonEmptyText, refine } from '../config/schema/codecs.ts'

/** Appends wait while the journal changes deliveries, so only so many are changed at a time. */
export const MAX_BATCH_SIZE = 1_000
/** Each is decoded anew where callbacks are answered, so only so many are looked at at a time. */
export const MAX_REPROCESS_BATCH_SIZE = 100
export const MAX_IDS = 1_000

const Limit = (most: number) => refine(`a whole number from 1 to ${most}`, integer, (number) => number >= 1 && number <= most)
const Flag = refine('true or false', t.boolean, () => true)
const Ids = refine(`at most ${MAX_IDS} ids`, list(NonEmptyText), (ids) => ids.length <= MAX_IDS)
const Who = refine('a name of at most 200 characters', NonEmptyText, (name) => name.length <= 200)

/** `since` and `until` are milliseconds since the Unix epoch. */
const about = { ids: Ids, command: NonEmptyText, app: integer, since: millis, until: millis } as const
const page = { cursor: NonEmptyText, dryRun: Flag, by: Who } as const

/** Which dead deliveries of one sink are meant. `by`: who asks. `limit`: at most so many in one request. */
export const ReplayRequest = strictStruct(
  { sink: NonEmptyText },
  { ...about, ...page, key: NonEmptyText, reason: NonEmptyText, limit: Limit(MAX_BATCH_SIZE) },
)
export type ReplayRequest = t.TypeOf<typeof ReplayRequest>

/** The same, where they are to be discarded. `pending`: those too that wait for a sink which is no longer configured. */
export const DiscardRequest = strictStruct(ReplayRequest.required, { ...ReplayRequest.optional, pending: Flag })
export type DiscardRequest = t.TypeOf<typeof DiscardRequest>

/** Which quarantined events are meant. */
export const ReprocessRequest = strictStruct({}, { ...about, ...page, limit: Limit(MAX_REPROCESS_BATCH_SIZE) })
export type ReprocessRequest = t.TypeOf<typeof ReprocessRequest>

/** What to keep, where it is not what the configuration says. */
export const PruneRequest = strictStruct({}, { delivered: duration, dead: duration, size, limit: Limit(MAX_BATCH_SIZE), by: Who })
export type PruneRequest = t.TypeOf<typeof PruneRequest>

/** With the sample of which command; by default of the first that is routed to the sink. */
export const TestRequest = strictStruct({}, { command: NonEmptyText })
export type TestRequest = t.TypeOf<typeof TestRequest>

/** Nothing. */
export const EmptyRequest = strictStruct({})
