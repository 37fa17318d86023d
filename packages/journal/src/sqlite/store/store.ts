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
import type { Database } from 'better-sqlite3'
import type { EventRow } from '../event-row.ts'
import { type HitFailpoint, noFailpoints } from '../failpoint.ts'
import { storeErrorOf } from '../store-error.ts'
import { type AppendOutcome, createAppend } from './append.ts'
import { createBlockSummaries } from './block-summary.ts'
import { createBlockedKeys } from './blocked-keys.ts'
import { type ClaimBatch, createClaim } from './claim.ts'
import { createClockRecovery } from './clock-recovery.ts'
import { createCounters } from './counters.ts'
import { createFind } from './find.ts'
import { createLeaseTokens } from './lease-tokens.ts'
import { createPauses } from './pauses.ts'
import { createPrune } from './prune.ts'
import { createReplayDiscard } from './replay-discard.ts'
import { createReprocess } from './reprocess.ts'
import { createSettle } from './settle.ts'
import { createSinks } from './sinks.ts'
import { createStats } from './stats.ts'
import { createTransactions, type Transactions } from './transaction.ts'

/** The journal as blocking calls on one connection. `now` is in milliseconds since the Unix epoch. All calls throw StoreError. */
export interface Store {
  readonly append: (rows: readonly EventRow[], now: number, handOut?: readonly ClaimRequest[]) => readonly AppendOutcome[]
  readonly claim: (request: ClaimRequest, now: number) => ClaimBatch
  readonly settle: (batch: readonly Settlement[], now: number) => readonly ('settled' | 'stale')[]
  readonly find: (query: EventQuery, now: number) => EventPage
  readonly replay: (change: ChangeRequest, now: number) => ChangeResult
  readonly discard: (change: ChangeRequest, now: number) => ChangeResult
  readonly resume: (sink: string, now: number) => boolean
  readonly reprocess: (events: readonly ReprocessedEvent[], now: number) => number
  readonly blocked: (sink: string, limit: number, now: number) => readonly BlockedKey[]
  readonly prune: (limits: RetentionLimits, now: number) => { readonly events: number; readonly more: boolean }
  readonly stats: (now: number) => JournalStats
  /** To be called before each request: the clock may have been set back. */
  readonly observeClock: (now: number) => void
  /** Whether settlements are only in memory. `flush` must be called within 50 ms then. */
  readonly isDirty: () => boolean
  /** Writes the settlements that are only in memory. */
  readonly flush: (now: number) => void
  /** Runs claims and settlements in one transaction; with `disk` also an append. */
  readonly runInTransaction: Transactions['run']
}

export interface StoreOptions {
  readonly hitFailpoint?: HitFailpoint
  readonly skipSync?: boolean
  /** How many deliveries of a sink the window holds, for tests. */
  readonly windowSize?: number
}

/** Creates the store on the owner's connection, and releases the leases of the previous owner. */
export const createStore = (
  db: Database,
  dedupeWindow: number,
  now: number,
  { hitFailpoint = noFailpoints, skipSync = false, windowSize }: StoreOptions = {},
): Store => {
  const transactions = createTransactions(db, skipSync)
  const counters = createCounters(db, transactions)
  const sinks = createSinks({ db, transactions, counters, newToken: createLeaseTokens(), windowSize })
  const summaries = createBlockSummaries(db, transactions, counters)
  const pauses = createPauses(db)
  const observeClock = createClockRecovery(db, transactions, sinks)
  transactions.run('system', now, () => {
    sinks.restore(now)
    observeClock(now)
  })

  const flush = (at: number) => {
    if (sinks.isDirty() || sinks.hasExpired(at)) transactions.run('system', at, () => {})
  }

  /** Reads what the connection has written, with the settlements that were in memory. */
  const reading =
    <Arguments extends readonly unknown[], Result>(read: (...args: Arguments) => Result, nowOf: (...args: Arguments) => number) =>
    (...args: Arguments): Result => {
      flush(nowOf(...args))
      try {
        return read(...args)
      } catch (error) {
        throw storeErrorOf(error)
      }
    }

  return {
    append: createAppend(db, transactions, counters, sinks, summaries, pauses, dedupeWindow, hitFailpoint),
    claim: createClaim(db, transactions, sinks, pauses),
    settle: createSettle(transactions, sinks, pauses),
    find: reading(createFind(db), (_, at) => at),
    ...createReplayDiscard(db, transactions, sinks),
    resume: (sink, at) => transactions.run('disk', at, () => pauses.remove(sink)),
    reprocess: createReprocess(db, transactions, sinks, summaries),
    blocked: reading(createBlockedKeys(db), (_sink, _limit, at) => at),
    prune: createPrune(db, transactions, counters, sinks, dedupeWindow),
    stats: reading(createStats(db), (at) => at),
    observeClock,
    isDirty: sinks.isDirty,
    flush,
    runInTransaction: transactions.run,
  }
}
