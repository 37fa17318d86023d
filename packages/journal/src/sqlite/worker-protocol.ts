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
} from '@callboard/core'
import type { Trouble } from '../errors.ts'
import type { Row } from './event-row.ts'
import type { Failpoint } from './failpoint.ts'
import type { Fate } from './store/append.ts'
import type { Handed } from './store/claim.ts'
import type { Packed, Text } from './worker-encoding.ts'

/** What the worker is started with. */
export interface Start {
  readonly path: string
  readonly dedupeWindow: number
  /** Milliseconds since the Unix epoch by the journal's clock. */
  readonly now: number
  readonly failpoints?: readonly Failpoint[]
}

/** What is asked of the worker. */
export type Request =
  /** `needs`: the bytes that the rows add to the database, at most. */
  | { readonly verb: 'append'; readonly rows: Packed<Row>; readonly needs: number; readonly handOut: readonly ClaimRequest[] }
  | { readonly verb: 'claim'; readonly request: ClaimRequest }
  | { readonly verb: 'settle'; readonly batch: Text<readonly Settlement[]> }
  | { readonly verb: 'find'; readonly query: EventQuery }
  | { readonly verb: 'replay' | 'discard'; readonly change: ChangeRequest }
  | { readonly verb: 'reprocess'; readonly events: readonly ReprocessedEvent[] }
  | { readonly verb: 'blocked'; readonly sink: string; readonly limit: number }
  | { readonly verb: 'prune'; readonly keep: RetentionLimits }
  | { readonly verb: 'stats' }
  | { readonly verb: 'close' }

/** A request with the number under which it is answered. */
export interface Call {
  readonly number: number
  readonly request: Request
}
/** All that was asked in one turn of the event loop. */
export interface Calls {
  readonly now: number
  readonly calls: readonly Call[]
}

/** What each request is answered with: the other half of store/run.ts. */
export interface Results {
  readonly append: Text<readonly Fate[]>
  readonly claim: { readonly handed: Packed<Handed>; readonly wait?: number }
  readonly settle: readonly ('settled' | 'stale')[]
  readonly find: EventPage
  readonly replay: ChangeResult
  readonly discard: ChangeResult
  readonly reprocess: number
  readonly blocked: readonly BlockedKey[]
  readonly prune: { readonly events: number; readonly more: boolean }
  readonly stats: JournalStats
  readonly close: undefined
}
export type Result = Results[keyof Results]

/** What came of a call. Number 0 is the opening. */
export type Reply = { readonly number: number } & ({ readonly result: Result } | { readonly trouble: Trouble })
