import type { EventStatus } from '../plugin/event.ts'

// All arguments and results are plain data that survive structuredClone, so that a journal can run in a worker.
// Arguments are durations, not points in time: only the journal's clock decides when a delivery is due or a lease ends.

/** How a before-callback was decided. */
export interface DecisionRecord {
  readonly by: 'plugin' | 'fallback'
  /** The ErrorCode of the answer. */
  readonly code: number
  /** How long the decision took, in milliseconds. */
  readonly ms: number
  /** The reason for the fallback, or the part of the verdict that could not be answered as given. */
  readonly warning?: string
}

/** An event to append, with the sinks that receive it. */
export interface NewEvent {
  /** Made once by the caller. Appending an id again stores nothing, so a batch whose outcome is unknown can be sent again. */
  readonly id: string
  readonly app: number
  readonly command: string
  readonly key?: string
  /** Two events of one app and command with the same key within the dedupe window are one event. Absent: never a duplicate. */
  readonly dedupeKey?: string
  readonly status: EventStatus
  /** Milliseconds since the Unix epoch. For information only: the journal decides nothing by it. */
  readonly receivedAt: number
  readonly eventTime?: number
  readonly query: Readonly<Record<string, string>>
  readonly raw: Uint8Array
  readonly rebuilt?: boolean
  readonly decision?: DecisionRecord
  readonly reasons?: readonly string[]
  /** One delivery per sink is stored in the same transaction. */
  readonly sinks: readonly string[]
}

/** A stored event. */
export type StoredEvent = Omit<NewEvent, 'sinks' | 'dedupeKey'>

/**
 * The result of appending one event. `recorded`: it is durable. `duplicate`: an earlier copy is durable; `id` is the id of that copy.
 * `failed`: this event can never be stored. The other events of the batch are stored.
 */
export type AppendResult =
  /** `tokens`: the lease tokens, by sink, of the deliveries that were leased at once. Each is a claim of attempt 1. */
  | { readonly type: 'recorded'; readonly id: string; readonly tokens?: Readonly<Record<string, string>> }
  | { readonly type: 'duplicate'; readonly id: string }
  | { readonly type: 'failed'; readonly id: string; readonly error: string }

/** A delivery is pending until it is delivered, dead or discarded. A replay makes it pending again. */
export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'discarded'

/** Claims deliveries of one sink. */
export interface ClaimRequest {
  readonly sink: string
  readonly max: number
  /** How long the lease lasts. After that another claim may take the delivery. */
  readonly leaseMs: number
  /** Whether one delivery of a lane is leased at a time, in order. False: lanes are ignored. It may change from call to call. */
  readonly ordered: boolean
}
/** A leased delivery. */
export interface Claim {
  /** New for each claim. `settle` accepts only the token of the latest claim. */
  readonly token: string
  readonly event: StoredEvent
  /** 1, 2, 3, … since the delivery was stored or last replayed. Counted when it is claimed. */
  readonly attempt: number
  readonly replay: boolean
}
/** The result of a claim. */
export interface ClaimResult {
  readonly claims: readonly Claim[]
  /**
   * Milliseconds until a retry is due or a lease ends, including the leases of this claim; 0: more deliveries are due now. It is a hint
   * for sleeping. Absent: no delivery is pending. The caller relies on that.
   */
  readonly waitMs?: number
  /** Present while the sink is paused. Then there are no claims and no `waitMs`. */
  readonly paused?: SinkPause
}

/** The pause of a sink, which lasts until an operator resumes it. */
export interface SinkPause {
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** The error that paused the sink. */
  readonly reason: string
}

/** The outcome of an attempt. */
export type Outcome =
  | { readonly type: 'delivered' }
  | { readonly type: 'retry'; readonly retryInMs: number; readonly error: string }
  /** With `pause` the sink is paused in the same transaction, with the error as the reason. A pause that exists already stays as it is. */
  | { readonly type: 'dead'; readonly error: string; readonly pause?: true }
  /** The attempt did not take place and does not count. */
  | { readonly type: 'released' }

/** Reports the outcome of a claimed attempt. */
export interface Settlement {
  readonly sink: string
  readonly id: string
  readonly token: string
  readonly outcome: Outcome
}

/** Selects events that fulfil all conditions. Conditions on deliveries select events with such a delivery. */
export interface EventFilter {
  readonly ids?: readonly string[]
  readonly command?: string
  readonly app?: number
  readonly key?: string
  readonly sink?: string
  readonly state?: DeliveryState
  readonly status?: EventStatus
  /** `receivedAt` at or after this time, in milliseconds since the Unix epoch. */
  readonly since?: number
  /** `receivedAt` before this time, in milliseconds since the Unix epoch. */
  readonly until?: number
  /** The last error of a delivery contains this text. `sink` and `state` apply to the same delivery. */
  readonly error?: string
}
/** Selects a page of events. */
export interface EventQuery extends EventFilter {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  /** `next` of the previous page. */
  readonly cursor?: string
  /** Include `raw`; default false. */
  readonly raw?: boolean
}
/** Who discarded a delivery, and when. */
export interface DiscardRecord {
  /** The name of the operator. */
  readonly by: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}
/** A delivery of an event record. */
export interface DeliveryRecord {
  readonly sink: string
  readonly state: DeliveryState
  readonly attempts: number
  /** When the next attempt is due, in milliseconds since the Unix epoch. Present while the delivery waits for a retry. */
  readonly dueAt?: number
  /** The error of the last failed attempt. A discarded delivery keeps it. */
  readonly error?: string
  /** Present when the delivery is discarded. */
  readonly discarded?: DiscardRecord
}
/** A stored event with the states of its deliveries. */
export interface EventRecord extends Omit<StoredEvent, 'raw'> {
  readonly raw?: Uint8Array
  /** How many duplicates arrived. */
  readonly duplicates: number
  /** In the order of the event's `sinks`. */
  readonly deliveries: readonly DeliveryRecord[]
}
/** A page of events in commit order, newest or oldest first. */
export interface EventPage {
  readonly events: readonly EventRecord[]
  /** An opaque cursor; absent on the last page. In the order `oldest` it also leads to events that commit later. */
  readonly next?: string
  /** The cursor after the last of these events, also when no event follows yet. Absent on an empty page. */
  readonly last?: string
}

/** Selects deliveries to replay or discard. */
export interface ChangeRequest extends Omit<EventFilter, 'sink' | 'state'> {
  readonly sink: string
  /** The states of the deliveries. `none`: events without a delivery to this sink. */
  readonly from: readonly (DeliveryState | 'none')[]
  /** Maximum number of deliveries, oldest first. */
  readonly limit: number
  /** The name of the operator. It is stored with a discard. */
  readonly by: string
  /** Only count. */
  readonly dryRun?: boolean
  /** `next` of the previous result. The change continues after it, so that no delivery is changed twice. */
  readonly cursor?: string
}
/** The result of a replay or discard, in deliveries. */
export interface ChangeResult {
  readonly changed: number
  /** Not changed, since an attempt is in flight. */
  readonly busy: number
  /** Whether more deliveries match beyond `limit`. */
  readonly more: boolean
  /** An opaque cursor; present when there is more. */
  readonly next?: string
}

/** A quarantined event that today's plugin accepts. */
export interface ReprocessedEvent {
  readonly id: string
  readonly key?: string
  readonly eventTime?: number
  /** Each sink without a delivery gets one, at the end of its lane. */
  readonly sinks: readonly string[]
}

/** A key whose first delivery waits for a retry. The deliveries behind it wait, too. */
export interface BlockedKey {
  readonly app: number
  readonly key: string
  /** The event of the first delivery. */
  readonly id: string
  readonly command: string
  readonly attempts: number
  /** When it is retried, in milliseconds since the Unix epoch. */
  readonly dueAt: number
  readonly error: string
  /** How many deliveries wait behind it; counted up to 1 000. */
  readonly waitingBehind: number
}

/** How long events are kept. */
export interface RetentionLimits {
  /** Milliseconds to keep an event whose deliveries are all delivered or discarded, counted from the last one. */
  readonly delivered: number
  /** Milliseconds to keep an event with a dead delivery, counted from the end of that delivery, and a quarantined event. */
  readonly dead: number
  /** Maximum bytes of bodies. Beyond it the oldest finished events are removed early, but none with a dead delivery. */
  readonly bytes?: number
  /** Maximum number of events to remove. */
  readonly limit: number
}

/** The deliveries of one sink, counted by state. */
export interface SinkStats {
  readonly pending: number
  /** Pending and leased now. */
  readonly leased: number
  readonly delivered: number
  readonly dead: number
  readonly discarded: number
  /** Pending and waiting for a retry; counted up to 1 000. */
  readonly delayed: number
  /** `receivedAt` of the oldest pending event. */
  readonly oldestPending?: number
  /** Present while the sink is paused. */
  readonly paused?: SinkPause
}
/** The contents of the journal in numbers. */
export interface JournalStats {
  readonly events: number
  /** Bytes of the stored bodies. */
  readonly bytes: number
  /** The sinks that have deliveries or are paused. */
  readonly sinks: Readonly<Record<string, SinkStats>>
}

/** The failures that a stored event survives. `memory`: none. `disk`: a power cut. `quorum`: the loss of a machine. `weak`: syncs are left out, for tests. */
export type Durability = 'memory' | 'disk' | 'quorum' | 'weak'

/**
 * The durable store of events and deliveries. The conformance suite `describeJournal` of `@callboard/testing` tests the rules that each
 * implementation must keep. The caller runs one `append` at a time.
 *
 * Rejections are `JournalError`s. After `down` or `full` the caller sends the same batch again. After `corrupt` it stops the process.
 */
export interface Journal {
  readonly durability: Durability
  /** One line for people: the kind of journal and its place, without secrets. */
  readonly description: string
  /**
   * Stores all events with their deliveries, or none. When it resolves they are as durable as `durability` says. The journal may lease
   * new deliveries for `claims` in the same transaction, if a claim would get them next.
   */
  append(batch: readonly NewEvent[], claims?: readonly ClaimRequest[]): Promise<readonly AppendResult[]>
  /** Sees the settlements of each `settle` that was called before, also of one that has not resolved. */
  claim(request: ClaimRequest): Promise<ClaimResult>
  /** `stale`: the claim is not the latest one, or the delivery is no longer pending. Nothing was changed then. */
  settle(batch: readonly Settlement[]): Promise<readonly ('settled' | 'stale')[]>
  find(query: EventQuery): Promise<EventPage>
  /** Makes deliveries pending again, at the end of their lane, in their original order. It does not change pending ones. */
  replay(change: ChangeRequest): Promise<ChangeResult>
  /** Ends pending or dead deliveries. Stores who did it and when, and keeps their last errors. */
  discard(change: ChangeRequest): Promise<ChangeResult>
  /** Ends the pause of a sink. Resolves with false when the sink was not paused. */
  resume(sink: string): Promise<boolean>
  /** Sets quarantined events to `accepted`, sets their keys and stores their deliveries. Ignores all other events. Resolves with the number of accepted events. */
  reprocess(events: readonly ReprocessedEvent[]): Promise<number>
  /** Returns the keys of a sink that wait behind a failed delivery, ordered by their next attempt. */
  blocked(sink: string, limit: number): Promise<readonly BlockedKey[]>
  /** Removes old events without a pending delivery, but none within the dedupe window. */
  prune(keep: RetentionLimits): Promise<{ readonly events: number; readonly more: boolean }>
  stats(): Promise<JournalStats>
  /** Waits for running calls. Later calls reject with `closed`. */
  close(): Promise<void>
}

/** Tells the caller what to do: wait and retry (`down`, `full`), stop using the journal (`closed`), stop the process (`corrupt`). */
export type JournalErrorCode = 'down' | 'full' | 'closed' | 'corrupt'

/** The error of a journal. */
export class JournalError extends Error {
  /** Also true for errors of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is JournalError {
    return value instanceof Error && value.name === 'JournalError' && 'code' in value
  }
  override readonly name = 'JournalError'
  readonly code: JournalErrorCode
  constructor(code: JournalErrorCode, message: string = code, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
