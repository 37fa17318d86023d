import { duration, integer, list, millis, size, strictStruct } from '@callboard/core'
import * as t from 'io-ts'
import { Named, only } from '../config/schema/codecs.ts'

/** Appends wait while the journal changes deliveries, so only so many are changed at a time. */
export const MOST_AT_ONCE = 1_000
/** Each is decoded anew where callbacks are answered, so only so many are looked at at a time. */
export const MOST_READMITTED_AT_ONCE = 100
export const MOST_IDS = 1_000

const Limit = (most: number) => only(`a whole number from 1 to ${most}`, integer, (number) => number >= 1 && number <= most)
const Flag = only('true or false', t.boolean, () => true)
const Ids = only(`at most ${MOST_IDS} ids`, list(Named), (ids) => ids.length <= MOST_IDS)
const Who = only('a name of at most 200 characters', Named, (name) => name.length <= 200)

/** `since` and `until` are milliseconds since the Unix epoch. */
const about = { ids: Ids, command: Named, app: integer, since: millis, until: millis } as const
const page = { cursor: Named, dryRun: Flag, by: Who } as const

/** Which dead deliveries of one sink are meant. `by`: who asks. `limit`: at most so many in one request. */
export const DeadAsked = strictStruct({ sink: Named }, { ...about, ...page, key: Named, reason: Named, limit: Limit(MOST_AT_ONCE) })
export type DeadAsked = t.TypeOf<typeof DeadAsked>

/** The same, where they are to be discarded. `pending`: those too that wait for a sink which is no longer configured. */
export const DiscardAsked = strictStruct(DeadAsked.required, { ...DeadAsked.optional, pending: Flag })
export type DiscardAsked = t.TypeOf<typeof DiscardAsked>

/** Which quarantined events are meant. */
export const ReadmitAsked = strictStruct({}, { ...about, ...page, limit: Limit(MOST_READMITTED_AT_ONCE) })
export type ReadmitAsked = t.TypeOf<typeof ReadmitAsked>

/** What to keep, where it is not what the configuration says. */
export const PruneAsked = strictStruct({}, { delivered: duration, dead: duration, size, limit: Limit(MOST_AT_ONCE), by: Who })
export type PruneAsked = t.TypeOf<typeof PruneAsked>

/** With the sample of which command; by default of the first that is routed to the sink. */
export const TestAsked = strictStruct({}, { command: Named })
export type TestAsked = t.TypeOf<typeof TestAsked>

/** Nothing. */
export const NothingAsked = strictStruct({})
