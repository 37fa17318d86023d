import type { ReprocessedEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { withoutReasons } from '../event-row.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { type Deliveries, laneOf } from './deliveries.ts'
import type { RunInTransaction } from './transaction.ts'

/** Accepts quarantined events, with their keys and deliveries. Returns how many it accepted. */
export const createReprocess = (
  db: Database,
  runInTransaction: RunInTransaction,
  deliveries: Deliveries,
): ((events: readonly ReprocessedEvent[], now: number) => number) => {
  const selectQuarantined = db.prepare<[SqlText], { seq: number; app: number; meta: string }>(
    "SELECT seq, app, meta FROM event WHERE id = ? AND status = 'quarantined'",
  )
  const accept = db.prepare<[SqlText | null, number | null, string, number]>(
    "UPDATE event SET status = 'accepted', key = coalesce(?, key), event_time = coalesce(?, event_time), meta = ? WHERE seq = ?",
  )
  const selectSinks = db.prepare<[number], SqlText>('SELECT sink FROM delivery WHERE event = ?').pluck()

  const reprocessOne = ({ id, key, eventTime, sinks }: ReprocessedEvent, now: number): boolean => {
    const event = selectQuarantined.get(toSql(id))
    if (!event) return false
    const { seq, app, meta } = event
    accept.run(key === undefined ? null : toSql(key), eventTime ?? null, withoutReasons(meta), seq)
    const present = selectSinks.all(seq).map(fromSql)
    const missing = [...new Set(sinks)].filter((sink) => !present.includes(sink))
    for (const [index, sink] of missing.entries()) deliveries.add(seq, sink, present.length + index, laneOf(app, key), now)
    deliveries.recountEvent(seq)
    return true
  }

  return (events, now) => runInTransaction('disk', now, () => events.filter((event) => reprocessOne(event, now)).length)
}
