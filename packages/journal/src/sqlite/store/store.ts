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
import { createBlockedKeys } from './blocked-keys.ts'
import { type ClaimBatch, createClaim } from './claim.ts'
import { createClockRecovery } from './clock-recovery.ts'
import { createCounters } from './counters.ts'
import { createDeliveries } from './deliveries.ts'
import { createFind } from './find.ts'
import { createLeaseTokens } from './lease-tokens.ts'
import { createPauses } from './pauses.ts'
import { createPrune } from './prune.ts'
import { createReplayDiscard } from './replay-discard.ts'
import { createReprocess } from './reprocess.ts'
import { createSettle } from './settle.ts'
import { createStats } from './stats.ts'
import { createRunInTransaction, type RunInTransaction } from './transaction.ts'

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
  /** Runs claims and settlements in one transaction; with `disk` also an append. */
  readonly runInTransaction: RunInTransaction
}

const withStoreErrors =
  <Arguments extends readonly unknown[], Result>(read: (...args: Arguments) => Result) =>
  (...args: Arguments): Result => {
    try {
      return read(...args)
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

/** Creates the store on the owner's connection, and releases the leases of the previous owner. */
export const createStore = (
  db: Database,
  dedupeWindow: number,
  now: number,
  hitFailpoint: HitFailpoint = noFailpoints,
  skipSync = false,
): Store => {
  const counters = createCounters(db)
  const runInTransaction = createRunInTransaction(db, counters, skipSync)
  const newToken = createLeaseTokens()
  const deliveries = createDeliveries(db, counters, newToken)
  const pauses = createPauses(db)
  const clockRecovery = createClockRecovery(db, runInTransaction)
  clockRecovery.recover(now)
  return {
    append: createAppend(db, runInTransaction, counters, deliveries, pauses, dedupeWindow, hitFailpoint),
    claim: createClaim(db, runInTransaction, newToken, pauses),
    settle: createSettle(db, runInTransaction, deliveries, pauses),
    find: withStoreErrors(createFind(db)),
    ...createReplayDiscard(db, runInTransaction, deliveries),
    resume: (sink, now) => runInTransaction('disk', now, () => pauses.remove(sink)),
    reprocess: createReprocess(db, runInTransaction, deliveries),
    blocked: withStoreErrors(createBlockedKeys(db)),
    prune: createPrune(db, runInTransaction, counters, dedupeWindow),
    stats: withStoreErrors(createStats(db)),
    observeClock: clockRecovery.observe,
    runInTransaction,
  }
}
