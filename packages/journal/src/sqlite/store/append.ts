import type { ClaimRequest } from '@callboard/core'
import type { LeaseSlots } from '@callboard/core/journal-window'
import type { Database } from 'better-sqlite3'
import { errorMessage } from '../../util/errors.ts'
import type { EventRow } from '../event-row.ts'
import type { HitFailpoint } from '../failpoint.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { isRowError } from '../store-error.ts'
import type { BlockSummaries } from './block-summary.ts'
import type { Counters } from './counters.ts'
import { createDedupeKeys } from './dedupe-keys.ts'
import { laneOf } from './lane.ts'
import type { Pauses } from './pauses.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

/** The outcome of a row: null when it is recorded, or the tokens by sink of the deliveries that were claimed with it. */
export type AppendOutcome =
  | null
  | { readonly tokens: Readonly<Record<string, string>> }
  | { readonly duplicateOf: string }
  | { readonly error: string }

type SlotsBySink = ReadonlyMap<string, LeaseSlots>

const toSqlOrNull = (value: string | undefined): SqlText | null => (value === undefined ? null : toSql(value))

/** Stores rows with their deliveries and dedupe keys, in one transaction that is synced when this returns. */
export const createAppend = (
  db: Database,
  transactions: Transactions,
  counters: Counters,
  sinks: Sinks,
  summaries: BlockSummaries,
  pauses: Pauses,
  dedupeWindow: number,
  hitFailpoint: HitFailpoint,
): ((rows: readonly EventRow[], now: number, handOut?: readonly ClaimRequest[]) => readonly AppendOutcome[]) => {
  const dedupeKeys = createDedupeKeys(db, dedupeWindow)
  const countDuplicate = db.prepare('UPDATE event SET duplicates = duplicates + 1 WHERE seq = ?')
  const insertEvent = db.prepare(
    `INSERT INTO event (seq, id, app, command, key, status, received_at, event_time, meta, route, recorded_at, raw)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  )
  const savepoint = db.prepare('SAVEPOINT item')
  const releaseSavepoint = db.prepare('RELEASE item')
  const rollbackToSavepoint = db.prepare('ROLLBACK TO item')

  const appendRow = (row: EventRow, names: readonly string[], route: number, now: number, slots: SlotsBySink): AppendOutcome => {
    const seq = counters.nextSeq()
    const first = dedupeKeys.register(row, seq, now)
    if (first) {
      const firstId = fromSql(first.id)
      if (firstId === row.id) return null
      countDuplicate.run(first.seq)
      return { duplicateOf: firstId }
    }
    const { id, app, command, key, status, receivedAt, eventTime, meta, raw } = row
    const inserted = insertEvent.run(
      ...[seq, toSql(id), app, toSql(command), toSqlOrNull(key), status, receivedAt, eventTime ?? null, meta, route, now, raw],
    )
    if (inserted.changes === 0) {
      // The event is stored already, and its dedupe key is absent or has expired.
      dedupeKeys.unregister(row, seq)
      return null
    }
    counters.addEvents(1, raw.byteLength)
    summaries.add(seq, row)
    const delivery = { position: seq, id, lane: laneOf(app, key), due: now }
    let tokens: Record<string, string> | undefined
    for (const name of names) {
      const token = sinks.open(name).add(delivery, slots.get(name))
      if (token !== undefined) tokens = { ...tokens, [name]: token }
    }
    return tokens ? { tokens } : null
  }

  /** Appends a row inside a savepoint, so that only the row that SQLite refuses fails. */
  const appendIsolated: typeof appendRow = (...args) => {
    savepoint.run()
    try {
      const outcome = appendRow(...args)
      releaseSavepoint.run()
      return outcome
    } catch (error) {
      if (!isRowError(error)) throw error
      // Memory is unchanged: it changes only after the last statement that may refuse a row.
      rollbackToSavepoint.run()
      releaseSavepoint.run()
      return { error: errorMessage(error) }
    }
  }

  const appendAll = (
    rows: readonly EventRow[],
    now: number,
    handOut: readonly ClaimRequest[],
    appendOne: typeof appendRow,
  ): readonly AppendOutcome[] =>
    transactions.run('disk', now, () => {
      dedupeKeys.removeExpired(rows.length, now)
      const active = handOut.filter(({ sink }) => !pauses.find(sink))
      const slots: SlotsBySink = new Map(
        active.map(({ sink, max, ordered, leaseMs }) => [sink, { free: max, ordered, leaseEnd: now + leaseMs }]),
      )
      const outcomes = rows.map((row) => {
        const names = [...new Set(row.sinks)]
        return appendOne(row, names, sinks.routeOf(names), now, slots)
      })
      hitFailpoint('append:before-commit')
      return outcomes
    })

  return (rows, now, handOut = []) => {
    // Inside the transaction of a group, the caller of that transaction runs the append again.
    const ownsTransaction = !db.inTransaction
    try {
      return appendAll(rows, now, handOut, appendRow)
    } catch (error) {
      if (!ownsTransaction || !(error instanceof Error && isRowError(error.cause))) throw error
      return appendAll(rows, now, handOut, appendIsolated)
    }
  }
}
