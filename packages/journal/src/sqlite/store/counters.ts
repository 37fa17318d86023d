import type { DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'

/**
 * The numbers that are kept rather than counted. They are collected while a transaction runs, written with `save` as its last
 * act, and forgotten when it fails.
 */
export interface Ledger {
  /** The position of a new event, higher than any before. Gaps are left by what failed. */
  readonly position: () => number
  /** The place of a delivery, likewise. */
  readonly place: () => number
  readonly count: (sink: string, state: DeliveryState, by: number) => void
  readonly events: (count: number, bytes: number) => void
  /** Remembers what has been collected so far; the function that it gives goes back to that. */
  readonly mark: () => () => void
  readonly save: (now: number) => void
  readonly forget: () => void
}

/** How many deliveries of a sink are in a state. */
export interface Tally {
  readonly sink: string
  readonly state: DeliveryState
  readonly count: number
}

/** For SQL: the totals that count deliveries. */
export const STATES = "'pending', 'delivered', 'dead', 'discarded'"

/** All that has ever been counted, zeros included. */
export const createReadTally = (db: Database): (() => readonly Tally[]) => {
  const select = db.prepare<[], { sink: SqlText; state: DeliveryState; count: number }>(
    `SELECT sink, name AS state, value AS count FROM total WHERE name IN (${STATES})`,
  )
  return () => select.all().map((row) => ({ ...row, sink: fromSql(row.sink) }))
}

/** Reads one of the totals; zero where it has never been written. */
export const createReadTotal = (db: Database): ((name: 'events' | 'bytes' | 'position' | 'place' | 'clock') => number) => {
  const select = db.prepare<[string], { value: number }>("SELECT value FROM total WHERE name = ? AND sink = ''")
  return (name) => select.get(name)?.value ?? 0
}

const CLOCK_STEP = 1_000
/** After something failed: no number is like it, so that all are written again. */
const UNKNOWN = { position: Number.NaN, place: Number.NaN, clock: Number.NaN }

interface Change {
  readonly sink: string
  readonly state: DeliveryState
  readonly by: number
}

export const createLedger = (db: Database): Ledger => {
  const add = db.prepare('INSERT INTO total (name, sink, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value')
  const set = db.prepare("INSERT OR REPLACE INTO total (name, sink, value) VALUES (?, '', ?)")
  const read = createReadTotal(db)

  let position = read('position')
  let place = read('place')
  let saved = { position, place, clock: read('clock') }
  let changes = new Map<string, Change>()
  let events = 0
  let bytes = 0

  const forget = () => {
    changes = new Map()
    events = 0
    bytes = 0
    saved = UNKNOWN
  }

  return {
    position: () => ++position,
    place: () => ++place,
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
      if (events !== 0) add.run('events', '', events)
      if (bytes !== 0) add.run('bytes', '', bytes)
      for (const { sink, state, by } of changes.values()) if (by !== 0) add.run(state, toSql(sink), by)
      // Every moment in the file is counted from a time that the file tells to within a second.
      const clock = Math.abs(now - saved.clock) < CLOCK_STEP ? saved.clock : now
      if (position !== saved.position) set.run('position', position)
      if (place !== saved.place) set.run('place', place)
      if (clock !== saved.clock) set.run('clock', clock)
      forget()
      saved = { position, place, clock }
    },
    forget,
  }
}
