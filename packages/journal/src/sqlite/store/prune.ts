import type { DeliveryState, RetentionLimits } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText } from '../sql-text.ts'
import { createReadTotal, type Ledger } from './counters.ts'
import type { Write } from './transaction.ts'

/** Removes what nobody needs any more; `delivery_state` and the others shrink with it, the file does not. */
export const createPrune = (
  db: Database,
  write: Write,
  ledger: Ledger,
  dedupeWindow: number,
): ((keep: RetentionLimits, now: number) => { readonly events: number; readonly more: boolean }) => {
  const resting = db
    .prepare<[0 | 1, number, number, number], number>(
      `SELECT position FROM event INDEXED BY event_resting
       WHERE pending = 0 AND (dead > 0 OR status = 'quarantined') = ? AND rest_at <= ? AND recorded_at <= ? ORDER BY rest_at LIMIT ?`,
    )
    .pluck()
  const readTotal = createReadTotal(db)
  const size = db.prepare<[number], number>('SELECT length(raw) FROM body WHERE event = ?').pluck()
  const deliveriesOf = db.prepare<[number], { sink: SqlText; state: DeliveryState }>('SELECT sink, state FROM delivery WHERE event = ?')
  const removals = [
    db.prepare('DELETE FROM delivery WHERE event = ?'),
    db.prepare('DELETE FROM body WHERE event = ?'),
    db.prepare('DELETE FROM event WHERE position = ?'),
  ]

  const remove = (event: number) => {
    ledger.events(-1, -(size.get(event) ?? 0))
    for (const { sink, state } of deliveriesOf.all(event)) ledger.count(fromSql(sink), state, -1)
    for (const removal of removals) removal.run(event)
  }

  /** Those that go before their time, the oldest first, until no more than `most` bytes are left. */
  const surplus = (old: readonly number[], most: number, now: number, limit: number): readonly number[] => {
    const gone = new Set(old)
    let excess = readTotal('bytes') - most - old.reduce((sum, event) => sum + (size.get(event) ?? 0), 0)
    if (excess <= 0) return []
    return resting.all(0, now, now - dedupeWindow, limit + gone.size).filter((event) => {
      if (excess <= 0 || gone.has(event)) return false
      excess -= size.get(event) ?? 0
      return true
    })
  }

  return ({ delivered, dead, bytes, limit }, now) =>
    write('disk', now, () => {
      const outside = now - dedupeWindow
      const old = [...resting.all(0, now - delivered, outside, limit + 1), ...resting.all(1, now - dead, outside, limit + 1)]
      const found = bytes === undefined || old.length > limit ? old : [...old, ...surplus(old, bytes, now, limit + 1)]
      const removed = found.slice(0, limit)
      for (const event of removed) remove(event)
      return { events: removed.length, more: found.length > limit }
    })
}
