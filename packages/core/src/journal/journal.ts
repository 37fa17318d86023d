import type { EventStatus } from '../plugin/event.ts'

// Plain data in, plain data out: every argument and result survives structuredClone, so that a journal may live in a worker.
// Durations go in, never moments: only the journal's own clock decides what is due, late or expired.

/** How a before-callback was answered. */
export interface DecisionRecord {
  readonly by: 'plugin' | 'fallback'
  /** The ErrorCode that was answered. */
  readonly code: number
  /** How long the decision took, in milliseconds. */
  readonly ms: number
  /** Why the fallback was taken, or what in the verdict could not be answered as it was given. */
  readonly warning?: string
}

/** An event to be written down, with the sinks that are to get it. */
export interface NewEvent {
  /** Made by the caller, once. Appending the same id again stores nothing: a batch whose outcome is unknown is simply sent again. */
  readonly id: string
  readonly app: number
  readonly command: string
  readonly key?: string
  /** Two events of one app and command with one identity inside the dedupe window are one event. Absent: never a duplicate. */
  readonly dedupeKey?: string
  readonly status: EventStatus
  /** Milliseconds since the Unix epoch; information, never used to decide anything. */
  readonly receivedAt: number
  readonly eventTime?: number
  readonly query: Readonly<Record<string, string>>
  readonly raw: Uint8Array
  readonly rebuilt?: boolean
  readonly decision?: DecisionRecord
  readonly reasons?: readonly string[]
  /** A delivery is made for each, in the same transaction. */
  readonly sinks: readonly string[]
}

/** An event as the journal keeps it. */
export type StoredEvent = Omit<NewEvent, 'sinks' | 'identity'>

/**
 * What became of one item of a batch. `recorded`: durable. `duplicate`: the first copy, whose id this is, is durable.
 * `failed`: this one item can never be stored; its batch-mates were.
 */
export type AppendResult =
  /** `tokens`: by sink, of the deliveries that were handed out at once; each is a claim of attempt 1. */
  | { readonly type: 'recorded'; readonly id: string; readonly tokens?: Readonly<Record<string, string>> }
  | { readonly type: 'duplicate'; readonly id: string }
  | { readonly type: 'failed'; readonly id: string; readonly error: string }

/** pending → delivered | dead | discarded; a replay makes it pending again. */
export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'discarded'

/** Asks for work for one sink. */
export interface ClaimRequest {
  readonly sink: string
  readonly max: number
  /** How long the claim holds, in milliseconds: afterwards another claim may take the delivery. */
  readonly leaseMs: number
  /** One delivery of a lane in flight at a time, in order of position. False: lanes do not matter. May change from call to call. */
  readonly ordered: boolean
}
/** A delivery that was handed out. */
export interface Claim {
  /** Fresh for each claim; `settle` counts only with the token of the latest one. */
  readonly token: string
  readonly event: StoredEvent
  /** 1, 2, 3 … since the delivery was made or last replayed, this one included. Counted at the claim. */
  readonly attempt: number
  readonly replay: boolean
}
/** What a claim handed out. */
export interface ClaimResult {
  readonly claims: readonly Claim[]
  /**
   * Milliseconds until a retry falls due or a lease ends, those just handed out included; 0: more is ready. A hint for sleeping,
   * never a promise. Absent: nothing is pending, and that is relied on.
   */
  readonly waitMs?: number
}

/** How an attempt ended. */
export type Outcome =
  | { readonly type: 'delivered' }
  /** `after`: milliseconds until the next attempt. */
  | { readonly type: 'retry'; readonly retryInMs: number; readonly error: string }
  | { readonly type: 'dead'; readonly error: string }
  /** Not tried after all: the attempt does not count. */
  | { readonly type: 'released' }

/** Tells how the attempt of one claim ended. */
export interface Settlement {
  readonly sink: string
  readonly id: string
  readonly token: string
  readonly outcome: Outcome
}

/** Which events, or events with such a delivery. All conditions hold together. */
export interface EventFilter {
  readonly ids?: readonly string[]
  readonly command?: string
  readonly app?: number
  readonly key?: string
  readonly sink?: string
  readonly state?: DeliveryState
  readonly status?: EventStatus
  /** `receivedAt` at or after this moment, in milliseconds since the Unix epoch. */
  readonly since?: number
  /** `receivedAt` before this moment. */
  readonly until?: number
  /** With a delivery that last failed with, or was ended for, a reason that contains this text; `sink` and `state` hold for the same one. */
  readonly error?: string
}
/** Asks for a page of events. */
export interface EventQuery extends EventFilter {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  /** `next` of the page before. */
  readonly cursor?: string
  /** Hand out `raw` as well; left out by default. */
  readonly raw?: boolean
}
/** One delivery of an event that was found. */
export interface DeliveryRecord {
  readonly sink: string
  readonly state: DeliveryState
  readonly attempts: number
  /** When the next attempt is due, in milliseconds since the Unix epoch; only while pending and waiting for a retry. */
  readonly dueAt?: number
  /** What the last failed attempt said, or who discarded it and when. */
  readonly error?: string
}
/** An event that was found, with what became of it. */
export interface EventRecord extends Omit<StoredEvent, 'raw'> {
  readonly raw?: Uint8Array
  /** How many further copies arrived. */
  readonly duplicates: number
  /** In the order in which the event's `sinks` named them. */
  readonly deliveries: readonly DeliveryRecord[]
}
/** Events in commit order, newest or oldest first. */
export interface EventPage {
  readonly events: readonly EventRecord[]
  /** Opaque; absent on the last page. Following it from `oldest` misses nothing that commits later. */
  readonly next?: string
  /** The cursor behind the last of these events, also where nothing follows it yet; absent on an empty page. */
  readonly last?: string
}

/** Which deliveries to change, and who says so. */
export interface ChangeRequest extends Omit<EventFilter, 'sink' | 'state'> {
  readonly sink: string
  /** Deliveries in these states; `none`: events that never had a delivery to this sink. */
  readonly from: readonly (DeliveryState | 'none')[]
  /** At most this many deliveries, oldest first. */
  readonly limit: number
  /** Who asks; kept with a discard. */
  readonly by: string
  /** Count only. */
  readonly dryRun?: boolean
  /** `next` of the change before: goes on behind what that one looked at, so that nothing is changed twice. */
  readonly cursor?: string
}
/** What a replay or a discard did, in deliveries. */
export interface ChangeResult {
  readonly changed: number
  /** Left alone because a sink may be receiving them right now. */
  readonly busy: number
  /** `limit` ended it; there is more to change. */
  readonly more: boolean
  /** Opaque; present when there is more. */
  readonly next?: string
}

/** A quarantined event that today's plugin understands after all. */
export interface ReprocessedEvent {
  readonly id: string
  readonly key?: string
  readonly eventTime?: number
  /** A delivery is made for each that has none, at the end of its lane. */
  readonly sinks: readonly string[]
}

/** A lane whose first delivery waits for another attempt, and everything behind it with it. */
export interface BlockedKey {
  readonly app: number
  readonly key: string
  /** The event at its head. */
  readonly id: string
  readonly command: string
  readonly attempts: number
  /** When it is tried again, in milliseconds since the Unix epoch. */
  readonly dueAt: number
  readonly error: string
  /** How many deliveries wait behind it, counted to 1 000. */
  readonly waitingBehind: number
}

/** For how long events are kept. */
export interface RetentionLimits {
  /** Milliseconds for which an event is kept once every delivery of it has been delivered or discarded (or it had none). */
  readonly delivered: number
  /** Milliseconds for which an event with a dead delivery is kept, counted from that delivery's end, and a quarantined one. */
  readonly dead: number
  /** Bytes of bodies beyond which events that have nothing pending go before their time, the oldest first; never those with a dead delivery. */
  readonly bytes?: number
  /** At most this many events are removed. */
  readonly limit: number
}

/** Deliveries of one sink, counted by state. */
export interface SinkStats {
  readonly pending: number
  /** Of those pending: handed out right now. */
  readonly leased: number
  readonly delivered: number
  readonly dead: number
  readonly discarded: number
  /** Of those pending: failed, and waiting for another attempt; counted to 1 000. */
  readonly delayed: number
  /** `receivedAt` of the oldest pending event. */
  readonly oldestPending?: number
}
/** What the journal holds. */
export interface JournalStats {
  readonly events: number
  /** Bytes of the stored bodies. */
  readonly bytes: number
  readonly sinks: Readonly<Record<string, SinkStats>>
}

/** What an append promises: memory survives nothing, disk a power cut, quorum the loss of a machine; weak: less than it claims. */
export type Durability = 'memory' | 'disk' | 'quorum' | 'weak'

/**
 * The durable store of events and deliveries. The rules that every implementation keeps are the conformance suite
 * `describeJournal` of `@callboard/testing`. The caller runs one `append` at a time.
 *
 * Rejections are `JournalError`s: after `down` and `full` the caller sends the same batch again, `corrupt` stops the process.
 */
export interface Journal {
  readonly durability: Durability
  /** One line for people: what it is and where, without secrets. */
  readonly description: string
  /**
   * All the events with all their deliveries and identities, or nothing. When it resolves it is as durable as `durability` says.
   * What these claims would be given next may be handed out at once, in the same transaction; a journal need not.
   */
  append(batch: readonly NewEvent[], handOut?: readonly ClaimRequest[]): Promise<readonly AppendResult[]>
  claim(request: ClaimRequest): Promise<ClaimResult>
  /** `stale`: the claim is no longer the latest, or the delivery no longer pending; nothing was changed. */
  settle(batch: readonly Settlement[]): Promise<readonly ('settled' | 'stale')[]>
  find(query: EventQuery): Promise<EventPage>
  /** Makes deliveries pending again, at the end of their lane, in their original order. Pending ones are not touched. */
  replay(change: ChangeRequest): Promise<ChangeResult>
  /** Ends pending or dead deliveries. */
  discard(change: ChangeRequest): Promise<ChangeResult>
  /** Accepts quarantined events, with their keys and deliveries; others, and events that are not there, are left alone. Gives how many. */
  reprocess(events: readonly ReprocessedEvent[]): Promise<number>
  /** The lanes of one sink that wait behind a failed delivery, those that are tried again first before the others. */
  blocked(sink: string, limit: number): Promise<readonly BlockedKey[]>
  /** Removes old events that have nothing pending; never inside the dedupe window. */
  prune(keep: RetentionLimits): Promise<{ readonly events: number; readonly more: boolean }>
  stats(): Promise<JournalStats>
  /** Waits for running calls; every later call rejects with `closed`. */
  close(): Promise<void>
}

/** What the caller of a journal can do about it: wait (`down`, `full`), stop using it (`closed`), stop the process (`corrupt`). */
export type JournalErrorCode = 'down' | 'full' | 'closed' | 'corrupt'

/** How a journal fails. */
export class JournalError extends Error {
  /** Also of another copy of this package, which journals may bring along. */
  static override [Symbol.hasInstance](value: unknown): value is JournalError {
    return value instanceof Error && value.name === 'JournalError' && 'code' in value
  }
  override readonly name = 'JournalError'
  readonly code: JournalErrorCode
  constructor(why: JournalErrorCode, message: string = why, options?: ErrorOptions) {
    super(message, options)
    this.code = why
  }
}
