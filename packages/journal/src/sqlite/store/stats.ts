import type { JournalStats, SinkStats } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { BLOCKED, LEASED, LEASED_BLOCKED, READY } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import { createReadCounter, createReadDeliveryCounts } from './counters.ts'
import { createReadPauses } from './pauses.ts'

/** Deliveries that wait are counted up to this number. */
export const MAX_COUNTED = 1_000

const NO_DELIVERIES: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

/** Returns the numbers of the journal without a scan. For the owner and for readers. */
export const createStats = (db: Database): ((now: number) => JournalStats) => {
  const readDeliveryCounts = createReadDeliveryCounts(db)
  const readCounter = createReadCounter(db)
  const readPauses = createReadPauses(db)
  const countLeased = db
    .prepare<[SqlText, number], number>(
      `SELECT count(*) FROM delivery INDEXED BY delivery_pending
       WHERE sink = ? AND state = 'pending' AND claim_state IN (${LEASED_BLOCKED}, ${LEASED}) AND due > ?`,
    )
    .pluck()
  const countDelayed = db
    .prepare<[SqlText, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_pending
         WHERE sink = ? AND state = 'pending' AND claim_state IN (${BLOCKED}, ${READY}) AND due > ? AND attempts > 0 LIMIT ${MAX_COUNTED})`,
    )
    .pluck()
  const selectOldest = db
    .prepare<[SqlText], number>(
      `SELECT received_at FROM event WHERE seq = (
         SELECT min(event) FROM delivery INDEXED BY delivery_state WHERE sink = ? AND state = 'pending')`,
    )
    .pluck()

  const statsOf = (sink: string, counts: SinkStats, now: number): SinkStats => {
    const name = toSql(sink)
    const oldestPending = selectOldest.get(name)
    const leased = countLeased.get(name, now) ?? 0
    const delayed = countDelayed.get(name, now) ?? 0
    return { ...counts, leased, delayed, ...(oldestPending !== undefined && { oldestPending }) }
  }

  return (now) => {
    const sinks = new Map<string, SinkStats>()
    for (const { sink, state, count } of readDeliveryCounts()) {
      if (count > 0) sinks.set(sink, { ...(sinks.get(sink) ?? NO_DELIVERIES), [state]: count })
    }
    for (const [sink, paused] of readPauses()) sinks.set(sink, { ...(sinks.get(sink) ?? NO_DELIVERIES), paused })
    return {
      events: readCounter('events'),
      bytes: readCounter('bytes'),
      sinks: Object.fromEntries([...sinks].map(([sink, counts]) => [sink, statsOf(sink, counts, now)])),
    }
  }
}
