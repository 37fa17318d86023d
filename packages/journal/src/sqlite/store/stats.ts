import type { JournalStats, SinkStats } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { BLOCKED, READY } from '../schema.ts'
import { createReadCounter } from './counters.ts'
import { createDeliveryFinder } from './delivery-search.ts'
import { createReadPauses } from './pauses.ts'
import { createReadSinks, type SinkState } from './sink-state.ts'

/** Deliveries that wait are counted up to this number. */
export const MAX_COUNTED = 1_000

const NO_DELIVERIES: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

/** Returns the numbers of the journal without a scan. For the owner and for readers. */
export const createStats = (db: Database): ((now: number) => JournalStats) => {
  const readSinks = createReadSinks(db)
  const readCounter = createReadCounter(db)
  const readPauses = createReadPauses(db)
  const deliveries = createDeliveryFinder(db)
  const countDelayed = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_pending
         WHERE sink = ? AND state = 'pending' AND claim_state IN (${BLOCKED}, ${READY}) AND due > ? AND attempts > 0 LIMIT ${MAX_COUNTED})`,
    )
    .pluck()
  const selectReceived = db.prepare<[number], number>('SELECT received_at FROM event WHERE seq = ?').pluck()

  const statsOf = (sink: SinkState, now: number): SinkStats => {
    const { total, delivered, dead, discarded } = sink.counts
    const pending = total - delivered - dead - discarded
    const counts = { pending, delivered, dead, discarded }
    if (pending === 0) return { ...NO_DELIVERIES, ...counts }
    const [oldest] = deliveries.find({ sink, state: 'pending', events: {}, order: 'oldest', limit: 1 })
    const oldestPending = oldest === undefined ? undefined : selectReceived.get(oldest)
    const leased = deliveries.countLeased({ sink, events: {} }, now)
    const delayed = countDelayed.get(sink.id, now) ?? 0
    return { ...counts, leased, delayed, ...(oldestPending !== undefined && { oldestPending }) }
  }

  return (now) => {
    const sinks = new Map<string, SinkStats>()
    for (const sink of readSinks()) if (sink.counts.total > 0) sinks.set(sink.name, statsOf(sink, now))
    for (const [sink, paused] of readPauses()) sinks.set(sink, { ...(sinks.get(sink) ?? NO_DELIVERIES), paused })
    return { events: readCounter('events'), bytes: readCounter('bytes'), sinks: Object.fromEntries(sinks) }
  }
}
