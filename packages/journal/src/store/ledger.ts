import type { DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../text.ts'

/**
 * The numbers that are kept rather than counted. They are collected while a transaction runs, written with `save` as its last
 * act, and forgotten when it fails.
 */
export interface Ledger {
  /** A number higher than any before: the position of an event, the place of a delivery. Gaps are left by what failed. */
  readonly next: () => number
  readonly count: (sink: string, state: DeliveryState, by: number) => void
  readonly events: (count: number, bytes: number) => void
  /** Remembers what has been collected so far; the function that it gives goes back to that. */
  readonly mark: () => () => void
  readonly save: (now: number) => void
  readonly forget: () => void
}

/** One row of the tally: how many deliveries of a sink are in a state. */
export interface Tally {
  readonly sink: string
  readonly state: DeliveryState
  readonly count: number
}

/** All that has ever been counted, zeros included. */
export const createReadTally = (db: Database): (() => readonly Tally[]) => {
  const select = db.prepare<[], { sink: SqlText; state: DeliveryState; count: number }>('SELECT sink, state, count FROM tally')
  return () => select.all().map((row) => ({ ...row, sink: fromSql(row.sink) }))
}

/** Reads one of the totals; zero where it has never been written. */
export const createReadTotal = (db: Database): ((name: 'events' | 'bytes' | 'sequence' | 'clock') => number) => {
  const select = db.prepare<[string], { value: number }>('SELECT value FROM total WHERE name = ?')
  return (name) => select.get(name)?.value ?? 0
}

const CLOCK_STEP = 1_000

interface Change {
  readonly sink: string
  readonly state: DeliveryState
  readonly by: number
}

export const createLedger = (db: Database): Ledger => {
  const add = db.prepare('INSERT INTO total (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value')
  const set = db.prepare('INSERT OR REPLACE INTO total (name, value) VALUES (?, ?)')
  const tally = db.prepare(
    'INSERT INTO tally (sink, state, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
  )

  let sequence = createReadTotal(db)('sequence')
  let saved = sequence
  let clock = createReadTotal(db)('clock')
  let changes = new Map<string, Change>()
  let events = 0
  let bytes = 0

  const forget = () => {
    changes = new Map()
    events = 0
    bytes = 0
    saved = Number.NaN
    clock = Number.NaN
  }

  return {
    next: () => ++sequence,
    count: (sink, state, by) => {
      const name = `${state} ${sink}`
      changes.set(name, { sink, state, by: (changes.get(name)?.by ?? 0) + by })
    },
    events: (count, size) => {
      events += count
      bytes += size
    },
    mark: () => {
      const before = { changes: new Map(changes), events, bytes }
      return () => {
        ;({ changes, events, bytes } = before)
      }
    },
    save: (now) => {
      if (events !== 0) add.run('events', events)
      if (bytes !== 0) add.run('bytes', bytes)
      for (const { sink, state, by } of changes.values()) if (by !== 0) tally.run(toSql(sink), state, by)
      if (sequence !== saved) set.run('sequence', sequence)
      // Every moment in the file is counted from a time that the file tells to within a second.
      const told = Math.abs(now - clock) < CLOCK_STEP ? clock : now
      if (told !== clock) set.run('clock', told)
      forget()
      saved = sequence
      clock = told
    },
    forget,
  }
}
