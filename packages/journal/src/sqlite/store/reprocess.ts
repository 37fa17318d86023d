import type { ReprocessedEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { withoutReasons } from '../event-row.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { type Deliveries, laneOf } from './deliveries.ts'
import type { Write } from './transaction.ts'

/** Accepts quarantined events, with their keys and deliveries. */
export const createReprocess = (
  db: Database,
  write: Write,
  deliveries: Deliveries,
): ((events: readonly ReprocessedEvent[], now: number) => number) => {
  const quarantined = db.prepare<[SqlText], { position: number; app: number; meta: string }>(
    "SELECT position, app, meta FROM event WHERE id = ? AND status = 'quarantined'",
  )
  const accept = db.prepare<[SqlText | null, number | null, string, number]>(
    "UPDATE event SET status = 'accepted', key = coalesce(?, key), event_time = coalesce(?, event_time), meta = ? WHERE position = ?",
  )
  const sinksOf = db.prepare<[number], SqlText>('SELECT sink FROM delivery WHERE event = ?').pluck()

  const reprocessOne = ({ id, key, eventTime, sinks }: ReprocessedEvent, now: number): boolean => {
    const event = quarantined.get(toSql(id))
    if (!event) return false
    const { position, app, meta } = event
    accept.run(key === undefined ? null : toSql(key), eventTime ?? null, withoutReasons(meta), position)
    const present = sinksOf.all(position).map(fromSql)
    const missing = [...new Set(sinks)].filter((sink) => !present.includes(sink))
    for (const [place, sink] of missing.entries()) deliveries.add(position, sink, present.length + place, laneOf(app, key), now)
    deliveries.review(position)
    return true
  }

  return (events, now) => write('disk', now, () => events.filter((event) => reprocessOne(event, now)).length)
}
