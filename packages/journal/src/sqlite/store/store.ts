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
import type { Row } from '../event-row.ts'
import { type Reach, undisturbed } from '../failpoint.ts'
import { storeErrorOf } from '../store-error.ts'
import { createAppend, type Fate } from './append.ts'
import { createBlocked } from './blocked-keys.ts'
import { createClaim, type HandedOut } from './claim.ts'
import { createTime } from './clock-recovery.ts'
import { createLedger } from './counters.ts'
import { createDeliveries } from './deliveries.ts'
import { createFind } from './find.ts'
import { createTokens } from './lease-tokens.ts'
import { createPrune } from './prune.ts'
import { createChanges } from './replay-discard.ts'
import { createReprocess } from './reprocess.ts'
import { createSettle } from './settle.ts'
import { createStats } from './stats.ts'
import { createWrite, type Write } from './transaction.ts'

/** The journal as plain, blocking calls on one connection. `now` is wall time in milliseconds. All throw StoreError. */
export interface Store {
  readonly append: (rows: readonly Row[], now: number, handOut?: readonly ClaimRequest[]) => readonly Fate[]
  readonly claim: (request: ClaimRequest, now: number) => HandedOut
  readonly settle: (batch: readonly Settlement[], now: number) => readonly ('settled' | 'stale')[]
  readonly find: (query: EventQuery, now: number) => EventPage
  readonly replay: (change: ChangeRequest, now: number) => ChangeResult
  readonly discard: (change: ChangeRequest, now: number) => ChangeResult
  readonly reprocess: (events: readonly ReprocessedEvent[], now: number) => number
  readonly blocked: (sink: string, limit: number, now: number) => readonly BlockedKey[]
  readonly prune: (keep: RetentionLimits, now: number) => { readonly events: number; readonly more: boolean }
  readonly stats: (now: number) => JournalStats
  /** Tells the time, before any call: it may have gone back. */
  readonly tell: (now: number) => void
  /** Runs calls in one transaction, all or nothing: claims and settlements, and with `disk` an append as well. */
  readonly together: Write
}

const reading =
  <Arguments extends readonly unknown[], Result>(read: (...given: Arguments) => Result) =>
  (...given: Arguments): Result => {
    try {
      return read(...given)
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

/** The store on the owner's connection; releases what an earlier owner had claimed. */
export const createStore = (db: Database, dedupeWindow: number, now: number, reach: Reach = undisturbed, withoutSync = false): Store => {
  const ledger = createLedger(db)
  const write = createWrite(db, ledger, withoutSync)
  const newToken = createTokens()
  const deliveries = createDeliveries(db, ledger, newToken)
  const time = createTime(db, write)
  time.begin(now)
  return {
    append: createAppend(db, write, ledger, deliveries, dedupeWindow, reach),
    claim: createClaim(db, write, newToken),
    settle: createSettle(db, write, deliveries),
    find: reading(createFind(db)),
    ...createChanges(db, write, deliveries),
    reprocess: createReprocess(db, write, deliveries),
    blocked: reading(createBlocked(db)),
    prune: createPrune(db, write, ledger, dedupeWindow),
    stats: reading(createStats(db)),
    tell: time.tell,
    together: write,
  }
}
