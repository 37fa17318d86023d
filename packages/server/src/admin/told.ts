import { integer, list, oneOf, struct } from '@callboard/core'
import * as t from 'io-ts'

// What the admin listener answers: made by one Callboard, read by the commands of another, perhaps newer one.

/** What a replay or a discard did, in deliveries. */
export const ChangedTold = struct({ changed: integer, busy: integer, more: t.boolean }, { next: t.string })
export type ChangedTold = t.TypeOf<typeof ChangedTold>

/** What a readmission did, in events. */
export const ReadmittedTold = struct({ changed: integer, refused: integer, more: t.boolean }, { next: t.string })
export type ReadmittedTold = t.TypeOf<typeof ReadmittedTold>

/** How many events were removed. */
export const PrunedTold = struct({ events: integer, more: t.boolean })
export type PrunedTold = t.TypeOf<typeof PrunedTold>

/** How an attempt with a sample ended. */
export const TriedTold = struct(
  { command: t.string, as: oneOf('delivered', 'retry', 'dead', 'released'), ms: integer },
  { error: t.string },
)
export type TriedTold = t.TypeOf<typeof TriedTold>

/** A key whose first delivery waits for another attempt. Times are ISO 8601. */
const BlockedTold = struct({
  app: integer,
  key: t.string,
  id: t.string,
  command: t.string,
  attempts: integer,
  dueAt: t.string,
  error: t.string,
  behind: integer,
})
const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/** One sink: how it is doing, and what the journal holds for it. */
export const SinkTold = struct(
  {
    name: t.string,
    /** Null where the configuration no longer names the sink. */
    kind: orNull(t.string),
    /** `unknown`: no server runs. `unconfigured`: the configuration no longer names it, and what is pending is held. */
    health: oneOf('well', 'resting', 'probing', 'paused', 'stalled', 'unknown', 'unconfigured'),
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
    blocked: list(BlockedTold),
  },
  { why: t.string, after: integer },
)
export type SinkTold = t.TypeOf<typeof SinkTold>
export const SinksTold = struct({ sinks: list(SinkTold) })

/** The journal: what it is and what it holds. `file`: where, with every link resolved. */
export const JournalTold = struct({ description: t.string, durability: t.string, events: integer, bytes: integer }, { file: t.string })
export type JournalTold = t.TypeOf<typeof JournalTold>

/** Why something was refused. */
export const ErrorTold = struct({ error: t.string })

/** Which sink goes on. */
export const ResumedTold = struct({ resumed: t.string })
