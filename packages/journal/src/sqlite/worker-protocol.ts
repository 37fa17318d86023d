import type {
  BlockedKey,
  ChangeRequest,
  ChangeResult,
  ClaimRequest,
  EventPage,
  EventQuery,
  JournalStats,
  ReprocessedEvent,
  RetentionLimits,
  Settlement,
  SinkPause,
} from '@callboard/core'
import type { EventRow } from './event-row.ts'
import type { Failpoint } from './failpoint.ts'
import type { SerializedError } from './serialize-error.ts'
import type { AppendOutcome } from './store/append.ts'
import type { ClaimedDelivery } from './store/claim.ts'
import type { JsonText, PackedBodies } from './worker-encoding.ts'

/** The `workerData` of the worker. */
export interface WorkerOptions {
  readonly path: string
  /** In milliseconds. */
  readonly dedupeWindow: number
  /** The time of the journal's clock, in milliseconds since the Unix epoch. */
  readonly now: number
  readonly failpoints?: readonly Failpoint[]
}

/** A request to the worker. */
export type Request =
  /** `neededBytes`: what the rows add to the database at most. */
  | {
      readonly verb: 'append'
      readonly rows: PackedBodies<EventRow>
      readonly neededBytes: number
      readonly handOut: readonly ClaimRequest[]
    }
  | { readonly verb: 'claim'; readonly request: ClaimRequest }
  | { readonly verb: 'settle'; readonly batch: JsonText<readonly Settlement[]> }
  | { readonly verb: 'find'; readonly query: EventQuery }
  | { readonly verb: 'replay' | 'discard'; readonly change: ChangeRequest }
  | { readonly verb: 'resume'; readonly sink: string }
  | { readonly verb: 'reprocess'; readonly events: readonly ReprocessedEvent[] }
  | { readonly verb: 'blocked'; readonly sink: string; readonly limit: number }
  | { readonly verb: 'prune'; readonly limits: RetentionLimits }
  | { readonly verb: 'stats' }
  | { readonly verb: 'close' }

export interface RequestMessage {
  readonly requestId: number
  readonly request: Request
}
/** All requests of one turn of the event loop. */
export interface RequestBatch {
  /** The time of the journal's clock, in milliseconds since the Unix epoch. */
  readonly now: number
  readonly requests: readonly RequestMessage[]
}

/** The result of each request. `execute` of the store returns it. */
export interface Results {
  readonly append: JsonText<readonly AppendOutcome[]>
  readonly claim: { readonly claimed: PackedBodies<ClaimedDelivery>; readonly waitMs?: number; readonly paused?: SinkPause }
  readonly settle: readonly ('settled' | 'stale')[]
  readonly find: EventPage
  readonly replay: ChangeResult
  readonly discard: ChangeResult
  readonly resume: boolean
  readonly reprocess: number
  readonly blocked: readonly BlockedKey[]
  readonly prune: { readonly events: number; readonly more: boolean }
  readonly stats: JournalStats
  readonly close: undefined
}
export type Result = Results[keyof Results]

/** The id of the request that the worker answers once it has opened the journal. It is never sent. */
export const OPENING_REQUEST_ID = 0

/** The worker's response to one request. */
export type ResponseMessage = { readonly requestId: number } & ({ readonly result: Result } | { readonly error: SerializedError })
