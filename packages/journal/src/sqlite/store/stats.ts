import type { JournalStats, SinkStats } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { type SqlText, toSql } from '../sql-text.ts'
import { createReadTally, createReadTotal } from './counters.ts'

/** Counting what waits ends here. */
export const MOST_COUNTED = 1_000

const NOTHING: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

/** The numbers of the journal, without counting anything; for the owner and for readers alike. */
export const createStats = (db: Database): ((now: number) => JournalStats) => {
  const readTally = createReadTally(db)
  const readTotal = createReadTotal(db)
  const leased = db
    .prepare<[SqlText, number], number>(
      "SELECT count(*) FROM delivery INDEXED BY delivery_open WHERE sink = ? AND state = 'pending' AND head IN (2, 3) AND due > ?",
    )
    .pluck()
  const delayed = db
    .prepare<[SqlText, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_open
         WHERE sink = ? AND state = 'pending' AND head IN (0, 1) AND due > ? AND attempts > 0 LIMIT ${MOST_COUNTED})`,
    )
    .pluck()
  const oldest = db
    .prepare<[SqlText], number>(
      `SELECT received_at FROM event WHERE position = (
         SELECT min(event) FROM delivery INDEXED BY delivery_state WHERE sink = ? AND state = 'pending')`,
    )
    .pluck()

  const statsOf = (sink: string, counts: SinkStats, now: number): SinkStats => {
    const name = toSql(sink)
    const oldestPending = oldest.get(name)
    const taken = leased.get(name, now) ?? 0
    return { ...counts, leased: taken, delayed: delayed.get(name, now) ?? 0, ...(oldestPending !== undefined && { oldestPending }) }
  }

  return (now) => {
    const sinks = new Map<string, SinkStats>()
    for (const { sink, state, count } of readTally()) {
      if (count > 0) sinks.set(sink, { ...(sinks.get(sink) ?? NOTHING), [state]: count })
    }
    return {
      events: readTotal('events'),
      bytes: readTotal('bytes'),
      sinks: Object.fromEntries([...sinks].map(([sink, counts]) => [sink, statsOf(sink, counts, now)])),
    }
  }
}
