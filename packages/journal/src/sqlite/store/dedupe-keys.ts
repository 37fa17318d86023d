import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Row } from '../event-row.ts'
import type { SqlText } from '../sql-text.ts'

/** An event that has an identity. */
export interface FirstCopy {
  readonly position: number
  readonly id: SqlText
}

/** Whose is an identity? Everything here is part of an append's transaction. */
export interface Identities {
  /** Takes the row's identity for the event at `position`; or gives the event that has it, and is not over. */
  readonly take: (row: Row, position: number, now: number) => FirstCopy | undefined
  /** Gives back what was taken for the event at `position`. */
  readonly drop: (row: Row, position: number) => void
  /** Forgets some that are over; goes through all of them, a few for each of so many rows. */
  readonly sweep: (rows: number, now: number) => void
}

// Where identities begin with a time, as those of core do, what is written at one time lies together, and an append rewrites few pages.
const LEAD = 13
const DIGEST = 16

/** What stands for app, command and identity, in the order of the identities' first characters. */
const markOf = (app: number, command: string, identity: string): Buffer => {
  // A character for each byte.
  const digest = hash('sha256', JSON.stringify([app, command, identity]), 'binary')
  return Buffer.from(identity.slice(0, LEAD) + digest.slice(0, DIGEST), 'binary')
}

/** Once round the table while half of it is written anew: what is over stays for half a window more, as long as something arrives. */
const SWEEP = 2
const START = Buffer.alloc(0)

// In either direction, so that a wall clock that is put back does not stretch the window.
const IS_OVER = 'abs(since - ?) >= ?'

export const createIdentities = (db: Database, dedupeWindow: number): Identities => {
  const insert = db.prepare('INSERT INTO identity (what, event, since) VALUES (?, ?, ?) ON CONFLICT (what) DO NOTHING')
  const replace = db.prepare('INSERT OR REPLACE INTO identity (what, event, since) VALUES (?, ?, ?)')
  const firstCopy = db.prepare<[Buffer, number, number], FirstCopy>(
    `SELECT e.position, e.id FROM identity i JOIN event e ON e.position = i.event WHERE i.what = ? AND NOT ${IS_OVER}`,
  )
  const remove = db.prepare('DELETE FROM identity WHERE what = ? AND event = ?')
  const endOf = db.prepare<[Buffer, number], Buffer>('SELECT what FROM identity WHERE what > ? ORDER BY what LIMIT 1 OFFSET ?').pluck()
  const forget = db.prepare(`DELETE FROM identity WHERE what > ? AND what <= ? AND ${IS_OVER}`)
  const forgetRest = db.prepare(`DELETE FROM identity WHERE what > ? AND ${IS_OVER}`)
  let swept: Buffer = START

  return {
    take: ({ app, command, dedupeKey }, position, now) => {
      if (dedupeKey === undefined) return undefined
      const what = markOf(app, command, dedupeKey)
      if (insert.run(what, position, now).changes === 1) return undefined
      const first = firstCopy.get(what, now, dedupeWindow)
      if (first === undefined) replace.run(what, position, now)
      return first
    },
    drop: ({ app, command, dedupeKey }, position) => {
      if (dedupeKey !== undefined) remove.run(markOf(app, command, dedupeKey), position)
    },
    sweep: (rows, now) => {
      const end = endOf.get(swept, rows * SWEEP - 1)
      if (end === undefined) forgetRest.run(swept, now, dedupeWindow)
      else forget.run(swept, end, now, dedupeWindow)
      swept = end ?? START
    },
  }
}
