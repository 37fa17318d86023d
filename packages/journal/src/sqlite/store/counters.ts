import type { Database } from 'better-sqlite3'
import type { Transactions } from './transaction.ts'

/** Numbers that are kept instead of counted. They are written at the end of each transaction. */
export interface Counters {
  /** Returns the position of a new event, or the place of a replay, above all before. A failed transaction leaves a gap. */
  readonly nextSeq: () => number
  readonly lastSeq: () => number
  readonly addEvents: (count: number, bytes: number) => void
}

type CounterName = 'events' | 'bytes' | 'seq' | 'clock'

/** Reads a counter; 0 when it was never written. */
export const createReadCounter = (db: Database): ((name: CounterName) => number) => {
  const select = db.prepare<[string], number>('SELECT value FROM counter WHERE name = ?').pluck()
  return (name) => select.get(name) ?? 0
}

// The stored clock is at most this far behind.
const CLOCK_STEP_MS = 1_000

export const createCounters = (db: Database, transactions: Transactions): Counters => {
  const set = db.prepare('INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)')
  const read = createReadCounter(db)
  const values = { events: read('events'), bytes: read('bytes'), seq: read('seq'), clock: read('clock') }
  let saved = { ...values }

  const save = (name: CounterName) => {
    if (values[name] !== saved[name]) set.run(name, values[name])
  }

  transactions.beforeCommit((now) => {
    const before = saved
    // A clock that was set back is stored at once.
    if (Math.abs(now - values.clock) >= CLOCK_STEP_MS) values.clock = now
    for (const name of ['events', 'bytes', 'seq', 'clock'] as const) save(name)
    saved = { ...values }
    transactions.onRollback(() => {
      saved = before
    })
  })

  return {
    nextSeq: () => ++values.seq,
    lastSeq: () => values.seq,
    addEvents: (count, bytes) => {
      values.events += count
      values.bytes += bytes
      transactions.onRollback(() => {
        values.events -= count
        values.bytes -= bytes
      })
    },
  }
}
