import type { ClaimRequest } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import type { Row } from '../event-row.ts'
import type { Reach } from '../failpoint.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { isRefusal } from '../store-error.ts'
import type { Ledger } from './counters.ts'
import { createIdentities } from './dedupe-keys.ts'
import { type Deliveries, laneOf, type Room } from './deliveries.ts'
import type { Write } from './transaction.ts'

/** What became of a row: null where it is recorded, or the tokens by sink of what was handed out with it. */
export type Fate =
  | null
  | { readonly tokens: Readonly<Record<string, string>> }
  | { readonly duplicateOf: string }
  | { readonly error: string }

type Rooms = ReadonlyMap<string, Room>

const textOf = (value: string | undefined): SqlText | null => (value === undefined ? null : toSql(value))

/** Stores rows with their deliveries and identities, in one transaction that is on the disk when this returns. */
export const createAppend = (
  db: Database,
  write: Write,
  ledger: Ledger,
  deliveries: Deliveries,
  dedupeWindow: number,
  reach: Reach,
): ((rows: readonly Row[], now: number, handOut?: readonly ClaimRequest[]) => readonly Fate[]) => {
  const identities = createIdentities(db, dedupeWindow)
  const countCopy = db.prepare('UPDATE event SET duplicates = duplicates + 1 WHERE position = ?')
  const insertEvent = db.prepare(
    `INSERT INTO event (position, id, app, command, key, status, received_at, event_time, meta, recorded_at, pending, dead, rest_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (id) DO NOTHING`,
  )
  const insertBody = db.prepare('INSERT INTO body (event, raw) VALUES (?, ?)')
  const mark = db.prepare('SAVEPOINT item')
  const keep = db.prepare('RELEASE item')
  const undo = db.prepare('ROLLBACK TO item')

  const appendRow = (row: Row, now: number, rooms: Rooms): Fate => {
    const position = ledger.position()
    const first = identities.take(row, position, now)
    if (first) {
      const firstId = fromSql(first.id)
      if (firstId === row.id) return null
      countCopy.run(first.position)
      return { duplicateOf: firstId }
    }
    const { id, app, command, key, status, receivedAt, eventTime, meta, raw } = row
    const sinks = new Set(row.sinks)
    const inserted = insertEvent.run(
      ...[position, toSql(id), app, toSql(command), textOf(key), status, receivedAt, eventTime ?? null, meta, now, sinks.size, now],
    )
    if (inserted.changes === 0) {
      // It was stored before, and its identity is over or nobody's.
      identities.drop(row, position)
      return null
    }
    insertBody.run(position, raw)
    const lane = laneOf(app, key)
    let rank = 0
    let tokens: Record<string, string> | undefined
    for (const sink of sinks) {
      const token = deliveries.add(position, sink, rank++, lane, now, rooms.get(sink))
      if (token !== undefined) tokens = { ...tokens, [sink]: token }
    }
    ledger.events(1, raw.byteLength)
    return tokens ? { tokens } : null
  }

  /** The slow way, once SQLite has refused something: each row by itself, so that only the culprit fails. */
  const appendAlone = (row: Row, now: number, rooms: Rooms): Fate => {
    mark.run()
    const restore = ledger.mark()
    try {
      const fate = appendRow(row, now, rooms)
      keep.run()
      return fate
    } catch (error) {
      if (!isRefusal(error)) throw error
      undo.run()
      keep.run()
      restore()
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }

  const appendAll = (rows: readonly Row[], now: number, handOut: readonly ClaimRequest[], one: typeof appendRow): readonly Fate[] =>
    write('disk', now, () => {
      identities.sweep(rows.length, now)
      const rooms: Rooms = new Map(handOut.map(({ sink, max, ordered, leaseMs }) => [sink, { left: max, ordered, lease: leaseMs }]))
      const fates = rows.map((row) => one(row, now, rooms))
      reach('append:before-commit')
      return fates
    })

  const appendOrAlone = (rows: readonly Row[], now: number, handOut: readonly ClaimRequest[]): readonly Fate[] => {
    // What runs in a transaction of others leaves it to them to begin anew.
    const isMine = !db.inTransaction
    try {
      return appendAll(rows, now, handOut, appendRow)
    } catch (error) {
      if (!isMine || !(error instanceof Error && isRefusal(error.cause))) throw error
      return appendAll(rows, now, handOut, appendAlone)
    }
  }

  return (rows, now, handOut = []) => appendOrAlone(rows, now, handOut)
}
