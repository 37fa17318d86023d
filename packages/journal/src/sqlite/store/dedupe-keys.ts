import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { EventRow } from '../event-row.ts'
import type { SqlText } from '../sql-text.ts'

/** The first event with a dedupe key. */
export interface FirstCopy {
  readonly seq: number
  readonly id: SqlText
}

/** Finds duplicates by the dedupe keys of events. All calls are part of the transaction of an append. */
export interface DedupeKeys {
  /** Registers the dedupe key of the row for the event at `seq`. Returns the first copy when the key is registered already. */
  readonly register: (row: EventRow, seq: number, now: number) => FirstCopy | undefined
  /** Removes the dedupe key that was registered for the event at `seq`. */
  readonly unregister: (row: EventRow, seq: number) => void
  /** Removes expired keys. Each call checks a few keys per row, and the calls go round the whole table. */
  readonly removeExpired: (rows: number, now: number) => void
}

// The dedupe keys of core begin with a time. Its characters come first in the hash, so that keys of one time lie together in the
// table and an append writes few pages.
const PREFIX_LENGTH = 13
const DIGEST_LENGTH = 16

/** Returns the hash of app, command and dedupe key. */
const hashOf = (app: number, command: string, dedupeKey: string): Buffer => {
  // One character per byte.
  const digest = hash('sha256', JSON.stringify([app, command, dedupeKey]), 'binary')
  return Buffer.from(dedupeKey.slice(0, PREFIX_LENGTH) + digest.slice(0, DIGEST_LENGTH), 'binary')
}

// The calls have gone round the table when half of it is new. An expired key stays for at most half a window more while events arrive.
const CHECKED_PER_ROW = 2
const TABLE_START = Buffer.alloc(0)

// The absolute difference, so that a wall clock that is set back does not extend the window.
const IS_EXPIRED = 'abs(since - ?) >= ?'

export const createDedupeKeys = (db: Database, dedupeWindow: number): DedupeKeys => {
  const insert = db.prepare('INSERT INTO dedupe (hash, event, since) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING')
  const replace = db.prepare('INSERT OR REPLACE INTO dedupe (hash, event, since) VALUES (?, ?, ?)')
  const selectFirst = db.prepare<[Buffer, number, number], FirstCopy>(
    `SELECT e.seq, e.id FROM dedupe d JOIN event e ON e.seq = d.event WHERE d.hash = ? AND NOT ${IS_EXPIRED}`,
  )
  const remove = db.prepare('DELETE FROM dedupe WHERE hash = ? AND event = ?')
  const selectEnd = db.prepare<[Buffer, number], Buffer>('SELECT hash FROM dedupe WHERE hash > ? ORDER BY hash LIMIT 1 OFFSET ?').pluck()
  const removeUpTo = db.prepare(`DELETE FROM dedupe WHERE hash > ? AND hash <= ? AND ${IS_EXPIRED}`)
  const removeRest = db.prepare(`DELETE FROM dedupe WHERE hash > ? AND ${IS_EXPIRED}`)
  let checkedUpTo: Buffer = TABLE_START

  return {
    register: ({ app, command, dedupeKey }, seq, now) => {
      if (dedupeKey === undefined) return undefined
      const keyHash = hashOf(app, command, dedupeKey)
      if (insert.run(keyHash, seq, now).changes === 1) return undefined
      const first = selectFirst.get(keyHash, now, dedupeWindow)
      if (first === undefined) replace.run(keyHash, seq, now)
      return first
    },
    unregister: ({ app, command, dedupeKey }, seq) => {
      if (dedupeKey !== undefined) remove.run(hashOf(app, command, dedupeKey), seq)
    },
    removeExpired: (rows, now) => {
      const end = selectEnd.get(checkedUpTo, rows * CHECKED_PER_ROW - 1)
      if (end === undefined) removeRest.run(checkedUpTo, now, dedupeWindow)
      else removeUpTo.run(checkedUpTo, end, now, dedupeWindow)
      checkedUpTo = end ?? TABLE_START
    },
  }
}
