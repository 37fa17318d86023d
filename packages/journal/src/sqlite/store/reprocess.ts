import type { ReprocessedEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { withoutReasons } from '../event-row.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import type { BlockSummaries } from './block-summary.ts'
import { createReadEvent } from './event-log.ts'
import { createRoutes } from './sink-state.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

/** Accepts quarantined events, with their keys and deliveries. Returns how many it accepted. */
export const createReprocess = (
  db: Database,
  transactions: Transactions,
  sinks: Sinks,
  summaries: BlockSummaries,
): ((events: readonly ReprocessedEvent[], now: number) => number) => {
  const selectQuarantined = db.prepare<[SqlText], { seq: number; meta: string }>(
    "SELECT seq, meta FROM event WHERE id = ? AND status = 'quarantined'",
  )
  const accept = db.prepare<[SqlText | null, number | null, string, number]>(
    "UPDATE event SET status = 'accepted', key = coalesce(?, key), event_time = coalesce(?, event_time), meta = ? WHERE seq = ?",
  )
  const selectLate = db
    .prepare<[number], SqlText>('SELECT s.name FROM delivery d JOIN sink s ON s.id = d.sink WHERE d.event = ? AND d.sink_index IS NOT NULL')
    .pluck()
  const readEvent = createReadEvent(db)
  const { sinksOf } = createRoutes(db)

  const reprocessOne = ({ id, key, eventTime, sinks: names }: ReprocessedEvent, now: number): boolean => {
    const quarantined = selectQuarantined.get(toSql(id))
    const before = quarantined && readEvent(quarantined.seq)
    if (!quarantined || !before) return false
    const { seq, meta } = quarantined
    const routed = sinksOf(before.route).flatMap((sink) => sinks.byId(sink) ?? [])
    // The first deliveries keep the lane that the event had.
    for (const sink of routed) sink.keepLane(before)
    accept.run(key === undefined ? null : toSql(key), eventTime ?? null, withoutReasons(meta), seq)
    if (key !== undefined) summaries.addKey(seq, key)
    const late = selectLate.all(seq).map(fromSql)
    const missing = [...new Set(names)].filter((name) => !late.includes(name) && !routed.some((sink) => sink === sinks.get(name)))
    for (const [index, name] of missing.entries()) sinks.open(name).append(seq, readEvent(seq)?.lane, late.length + index, now)
    return true
  }

  return (events, now) =>
    transactions.run('disk', now, () => {
      sinks.flush(now)
      return events.filter((event) => reprocessOne(event, now)).length
    })
}
