import { integer, list, oneOf, struct } from '@callboard/core'
import * as t from 'io-ts'

// What the admin listener answers: made by one Callboard, read by the commands of another, perhaps newer one.

/** What a replay or a discard did, in deliveries. */
export const ChangeResponse = struct({ changed: integer, busy: integer, more: t.boolean }, { next: t.string })
export type ChangeResponse = t.TypeOf<typeof ChangeResponse>

/** What a readmission did, in events. */
export const ReprocessResponse = struct({ changed: integer, refused: integer, more: t.boolean }, { next: t.string })
export type ReprocessResponse = t.TypeOf<typeof ReprocessResponse>

/** How many events were removed. */
export const PruneResponse = struct({ events: integer, more: t.boolean })
export type PruneResponse = t.TypeOf<typeof PruneResponse>

/** How an attempt with a sample ended. */
export const TestResponse = struct(
  { command: t.string, outcome: oneOf('delivered', 'retry', 'dead', 'released'), ms: integer },
  { error: t.string },
)
export type TestResponse = t.TypeOf<typeof TestResponse>

/** A key whose first delivery waits for another attempt. Times are ISO 8601. */
const BlockedKey = struct({
  app: integer,
  key: t.string,
  id: t.string,
  command: t.string,
  attempts: integer,
  dueAt: t.string,
  error: t.string,
  waitingBehind: integer,
})
const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/** One sink: how it is doing, and what the journal holds for it. */
export const SinkStatus = struct(
  {
    name: t.string,
    /** Null where the configuration no longer names the sink. */
    kind: orNull(t.string),
    /** `unknown`: no server runs. `unconfigured`: the configuration no longer names it, and what is pending is held. */
    health: oneOf('healthy', 'open', 'half-open', 'paused', 'stalled', 'unknown', 'unconfigured'),
    pending: integer,
    /** Of those pending: waiting for another attempt; counted to 1 000. */
    delayed: integer,
    inFlight: integer,
    delivered: integer,
    dead: integer,
    discarded: integer,
    /** When the oldest pending event was received, ISO 8601. */
    oldestPending: orNull(t.string),
    /** The first of the keys that wait behind a failed delivery. */
    blocked: list(BlockedKey),
  },
  { reason: t.string, retryInMs: integer },
)
export type SinkStatus = t.TypeOf<typeof SinkStatus>
export const SinksResponse = struct({ sinks: list(SinkStatus) })

/** The journal: what it is and what it holds. `file`: where, with every link resolved. */
export const JournalResponse = struct({ description: t.string, durability: t.string, events: integer, bytes: integer }, { file: t.string })
export type JournalResponse = t.TypeOf<typeof JournalResponse>

/** Why something was refused. */
export const ErrorResponse = struct({ error: t.string })

/** Which sink goes on. */
export const ResumeResponse = struct({ resumed: t.string })
