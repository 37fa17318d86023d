import type { DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'

/** Numbers that are kept instead of counted. A transaction collects changes, writes them with `save` at its end, or drops them. */
export interface Counters {
  /** Returns the position of a new event, above all positions before. A failed transaction leaves a gap. */
  readonly nextSeq: () => number
  /** Returns the lane position of a delivery, above all lane positions before. */
  readonly nextLaneSeq: () => number
  readonly addDeliveries: (sink: string, state: DeliveryState, count: number) => void
  readonly addEvents: (count: number, bytes: number) => void
  /** Returns a function that restores the changes that have been collected so far. */
  readonly snapshot: () => () => void
  /** Writes the collected changes. */
  readonly save: (now: number) => void
  /** Drops the collected changes. */
  readonly reset: () => void
}

/** The number of deliveries of one sink in one state. */
export interface DeliveryCount {
  readonly sink: string
  readonly state: DeliveryState
  readonly count: number
}

/** The names of the counters of deliveries, for SQL. */
export const DELIVERY_STATES_SQL = "'pending', 'delivered', 'dead', 'discarded'"

/** Reads all delivery counts, also those that are zero. */
export const createReadDeliveryCounts = (db: Database): (() => readonly DeliveryCount[]) => {
  const select = db.prepare<[], { sink: SqlText; state: DeliveryState; count: number }>(
    `SELECT sink, name AS state, value AS count FROM counter WHERE name IN (${DELIVERY_STATES_SQL})`,
  )
  return () => select.all().map((row) => ({ ...row, sink: fromSql(row.sink) }))
}

/** Reads one of the other counters; 0 when it was never written. */
export const createReadCounter = (db: Database): ((name: 'events' | 'bytes' | 'seq' | 'lane_seq' | 'clock') => number) => {
  const select = db.prepare<[string], { value: number }>("SELECT value FROM counter WHERE name = ? AND sink = ''")
  return (name) => select.get(name)?.value ?? 0
}

// The stored clock is at most this far behind.
const CLOCK_STEP_MS = 1_000
// NaN differs from every number, so that all counters are written again.
const UNSAVED = { seq: Number.NaN, laneSeq: Number.NaN, clock: Number.NaN }

interface CountChange {
  readonly sink: string
  readonly state: DeliveryState
  readonly count: number
}

export const createCounters = (db: Database): Counters => {
  const add = db.prepare(
    'INSERT INTO counter (name, sink, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
  )
  const set = db.prepare("INSERT OR REPLACE INTO counter (name, sink, value) VALUES (?, '', ?)")
  const read = createReadCounter(db)

  let seq = read('seq')
  let laneSeq = read('lane_seq')
  let saved = { seq, laneSeq, clock: read('clock') }
  let changes = new Map<string, CountChange>()
  let events = 0
  let bytes = 0

  const reset = () => {
    changes = new Map()
    events = 0
    bytes = 0
    saved = UNSAVED
  }

  return {
    nextSeq: () => ++seq,
    nextLaneSeq: () => ++laneSeq,
    addDeliveries: (sink, state, count) => {
      const name = `${state} ${sink}`
      changes.set(name, { sink, state, count: (changes.get(name)?.count ?? 0) + count })
    },
    addEvents: (count, size) => {
      events += count
      bytes += size
    },
    snapshot: () => {
      const before = { changes: new Map(changes), events, bytes }
      return () => {
        ;({ changes, events, bytes } = before)
      }
    },
    save: (now) => {
      if (events !== 0) add.run('events', '', events)
      if (bytes !== 0) add.run('bytes', '', bytes)
      for (const { sink, state, count } of changes.values()) if (count !== 0) add.run(state, toSql(sink), count)
      const clock = Math.abs(now - saved.clock) < CLOCK_STEP_MS ? saved.clock : now
      if (seq !== saved.seq) set.run('seq', seq)
      if (laneSeq !== saved.laneSeq) set.run('lane_seq', laneSeq)
      if (clock !== saved.clock) set.run('clock', clock)
      reset()
      saved = { seq, laneSeq, clock }
    },
    reset,
  }
}
