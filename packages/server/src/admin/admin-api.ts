import { duration, integer, list, millis, oneOf, refine, size, strictStruct, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The largest number of deliveries that one request changes. Appends wait while the journal changes them. */
export const MAX_BATCH_SIZE = 1_000
/** The largest number of events that one request reprocesses. The server decodes each of them on its event loop. */
export const MAX_REPROCESS_BATCH_SIZE = 100
/** The largest number of event ids in one request. */
export const MAX_IDS = 1_000

const MAX_USER_LENGTH = 200

const NonEmptyText = refine(t.string, 'text that is not empty', (text) => text !== '')
const Limit = (max: number) => refine(integer, `a whole number from 1 to ${max}`, (limit) => limit >= 1 && limit <= max)
const Flag = refine(t.boolean, 'true or false', () => true)
const Ids = refine(list(NonEmptyText), `at most ${MAX_IDS} ids`, (ids) => ids.length <= MAX_IDS)
const User = refine(NonEmptyText, `a name of at most ${MAX_USER_LENGTH} characters`, (name) => name.length <= MAX_USER_LENGTH)

const filter = { ids: Ids, command: NonEmptyText, app: integer, since: millis, until: millis } as const
const page = { cursor: NonEmptyText, dryRun: Flag, by: User } as const

/**
 * Selects dead deliveries of one sink. `since` and `until` are milliseconds since the Unix epoch. `reason` matches a part of the last
 * error. `cursor` is `next` of the response before. `by` is the user, for the log. `limit` is the largest number of changes.
 */
export const ReplayRequest = strictStruct(
  { sink: NonEmptyText },
  { ...filter, ...page, key: NonEmptyText, reason: NonEmptyText, limit: Limit(MAX_BATCH_SIZE) },
)
export type ReplayRequest = t.TypeOf<typeof ReplayRequest>

/** Selects deliveries to discard. `pending` also selects pending deliveries of a sink that is no longer configured. */
export const DiscardRequest = strictStruct(ReplayRequest.required, { ...ReplayRequest.optional, pending: Flag })
export type DiscardRequest = t.TypeOf<typeof DiscardRequest>

/** Selects quarantined events. The fields mean the same as in `ReplayRequest`. */
export const ReprocessRequest = strictStruct({}, { ...filter, ...page, limit: Limit(MAX_REPROCESS_BATCH_SIZE) })
export type ReprocessRequest = t.TypeOf<typeof ReprocessRequest>

/** Overrides the configured retention for one run. `limit` is the largest number of events to remove. */
export const PruneRequest = strictStruct({}, { delivered: duration, dead: duration, size, limit: Limit(MAX_BATCH_SIZE), by: User })
export type PruneRequest = t.TypeOf<typeof PruneRequest>

/** Names the command whose sample is sent. The default is the first command that is routed to the sink. */
export const TestRequest = strictStruct({}, { command: NonEmptyText })
export type TestRequest = t.TypeOf<typeof TestRequest>

/** The body of a request without options. */
export const EmptyRequest = strictStruct({})

/** The result of a replay or a discard, in deliveries. `busy` counts those in flight, which stay as they are. `more`: call again with `next`. */
export const ChangeResponse = struct({ changed: integer, busy: integer, more: t.boolean }, { next: t.string })
export type ChangeResponse = t.TypeOf<typeof ChangeResponse>

/** The result of reprocessing, in events. `refused` counts those whose codec still refuses the body. `more`: call again with `next`. */
export const ReprocessResponse = struct({ changed: integer, refused: integer, more: t.boolean }, { next: t.string })
export type ReprocessResponse = t.TypeOf<typeof ReprocessResponse>

/** The number of removed events. `more`: call again. */
export const PruneResponse = struct(
  { events: integer, more: t.boolean },
  /** Once nothing more can be removed: how much stays although it is old enough. `recent`: events within the dedupe window. `pending`: deliveries. */
  { kept: struct({ recent: integer, pending: integer }) },
)
export type PruneResponse = t.TypeOf<typeof PruneResponse>

/** The outcome of one attempt with a sample. `ms` is its duration in milliseconds. */
export const TestResponse = struct(
  { command: t.string, outcome: oneOf('delivered', 'retry', 'dead', 'released'), ms: integer },
  { error: t.string },
)
export type TestResponse = t.TypeOf<typeof TestResponse>

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/** A key whose first delivery waits for another attempt at `dueAt` (ISO 8601). `waitingBehind` counts the deliveries behind it. */
export const BlockedKey = struct({
  app: integer,
  key: t.string,
  id: t.string,
  command: t.string,
  attempts: integer,
  dueAt: t.string,
  error: t.string,
  waitingBehind: integer,
})
export type BlockedKey = t.TypeOf<typeof BlockedKey>

/** The health of one sink, and the number of its deliveries in the journal. */
export const SinkStatus = struct(
  {
    name: t.string,
    /** Null if the configuration no longer names the sink. */
    kind: orNull(t.string),
    /** `unknown`: no server runs, and the journal has stored no pause. `unconfigured`: the configuration no longer names the sink, and its pending deliveries are held. */
    health: oneOf('healthy', 'open', 'half-open', 'paused', 'stalled', 'unknown', 'unconfigured'),
    pending: integer,
    /** Pending deliveries that wait for another attempt, counted up to 1 000. */
    delayed: integer,
    inFlight: integer,
    delivered: integer,
    dead: integer,
    discarded: integer,
    /** When the oldest pending event was received, ISO 8601. */
    oldestPending: orNull(t.string),
    /** The first blocked keys. */
    blocked: list(BlockedKey),
  },
  {
    reason: t.string,
    retryInMs: integer,
    /** When the sink was paused, ISO 8601. Present while it is paused; `reason` is the error that paused it. */
    pausedSince: t.string,
  },
)
export type SinkStatus = t.TypeOf<typeof SinkStatus>

/** Every sink. */
export const SinksResponse = struct({ sinks: list(SinkStatus) })
export type SinksResponse = t.TypeOf<typeof SinksResponse>

/** The journal. `events` and `bytes` count what it stores. `file` is its path with every symbolic link resolved. */
export const JournalResponse = struct({ description: t.string, durability: t.string, events: integer, bytes: integer }, { file: t.string })
export type JournalResponse = t.TypeOf<typeof JournalResponse>

/** The name of the resumed sink. */
export const ResumeResponse = struct({ resumed: t.string })
export type ResumeResponse = t.TypeOf<typeof ResumeResponse>

/** Why a request failed. */
export const ErrorResponse = struct({ error: t.string })
export type ErrorResponse = t.TypeOf<typeof ErrorResponse>

/** The administration of one Callboard, in this process or behind an admin listener. */
export interface AdminApi {
  /** Returns the configured sinks, then the sinks that only the journal knows. */
  readonly sinks: () => Promise<readonly SinkStatus[]>
  /** Ends the pause of a sink and closes its circuit breaker. */
  readonly resume: (sink: string) => Promise<void>
  /** Makes one attempt with a sample. */
  readonly test: (sink: string, request: TestRequest) => Promise<TestResponse>
  /** Delivers dead deliveries again. */
  readonly replay: (request: ReplayRequest) => Promise<ChangeResponse>
  /** Discards deliveries for good. */
  readonly discard: (request: DiscardRequest) => Promise<ChangeResponse>
  /** Decodes quarantined events again and delivers those that are valid now. */
  readonly reprocess: (request: ReprocessRequest) => Promise<ReprocessResponse>
  /** Removes finished events that are older than the retention allows. */
  readonly prune: (request: PruneRequest) => Promise<PruneResponse>
  /** Describes the journal. */
  readonly journal: () => Promise<JournalResponse>
}

/** A request that cannot be served. The HTTP status is 404 for an unknown name, and 409 for a change that is not allowed. */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly status: 404 | 409
  constructor(status: 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}
