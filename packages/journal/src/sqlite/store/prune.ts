import type { DeliveryState, RetentionLimits } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText } from '../sql-text.ts'
import { type Counters, createReadCounter } from './counters.ts'
import type { RunInTransaction } from './transaction.ts'

/** Removes events that are older than their retention. The file keeps its size, and SQLite reuses the pages. */
export const createPrune = (
  db: Database,
  runInTransaction: RunInTransaction,
  counters: Counters,
  dedupeWindow: number,
): ((limits: RetentionLimits, now: number) => { readonly events: number; readonly more: boolean }) => {
  const selectFinished = db
    .prepare<[isDead: 0 | 1, finishedUntil: number, recordedUntil: number, limit: number], number>(
      `SELECT seq FROM event INDEXED BY event_finished
       WHERE pending = 0 AND (dead > 0 OR status = 'quarantined') = ? AND finished_at <= ? AND recorded_at <= ? ORDER BY finished_at LIMIT ?`,
    )
    .pluck()
  const readCounter = createReadCounter(db)
  const selectSize = db.prepare<[number], number>('SELECT length(raw) FROM body WHERE event = ?').pluck()
  const selectDeliveries = db.prepare<[number], { sink: SqlText; state: DeliveryState }>('SELECT sink, state FROM delivery WHERE event = ?')
  const removals = [
    db.prepare('DELETE FROM delivery WHERE event = ?'),
    db.prepare('DELETE FROM body WHERE event = ?'),
    db.prepare('DELETE FROM event WHERE seq = ?'),
  ]

  const sizeOf = (event: number): number => selectSize.get(event) ?? 0

  const remove = (event: number) => {
    counters.addEvents(-1, -sizeOf(event))
    for (const { sink, state } of selectDeliveries.all(event)) counters.addDeliveries(fromSql(sink), state, -1)
    for (const removal of removals) removal.run(event)
  }

  /** Returns further events to remove, the oldest first, until the bodies have at most `maxBytes`. */
  const overMaxBytes = (expired: readonly number[], maxBytes: number, now: number, limit: number): readonly number[] => {
    const chosen = new Set(expired)
    let excess = readCounter('bytes') - maxBytes - expired.reduce((sum, event) => sum + sizeOf(event), 0)
    if (excess <= 0) return []
    return selectFinished.all(0, now, now - dedupeWindow, limit + chosen.size).filter((event) => {
      if (excess <= 0 || chosen.has(event)) return false
      excess -= sizeOf(event)
      return true
    })
  }

  return ({ delivered, dead, bytes, limit }, now) =>
    runInTransaction('disk', now, () => {
      const windowStart = now - dedupeWindow
      const expired = [
        ...selectFinished.all(0, now - delivered, windowStart, limit + 1),
        ...selectFinished.all(1, now - dead, windowStart, limit + 1),
      ]
      const found = bytes === undefined || expired.length > limit ? expired : [...expired, ...overMaxBytes(expired, bytes, now, limit + 1)]
      const removed = found.slice(0, limit)
      for (const event of removed) remove(event)
      return { events: removed.length, more: found.length > limit }
    })
}
