import type { DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Ledger } from './counters.ts'

/** Where a delivery stands in its lane, right now. */
export interface Place {
  readonly lane: SqlText | null
  /** As the table has it. */
  readonly head: number
}

/** A delivery and how it stands. */
export interface Standing extends Place {
  readonly event: number
  readonly sink: string
  readonly state: DeliveryState
}

/** What one sink can be handed at once. */
export interface Room {
  left: number
  readonly ordered: boolean
  /** In milliseconds. */
  readonly lease: number
}

/** The changes a delivery can go through. Each keeps the heads of the lanes and the numbers of the ledger right. */
export interface Deliveries {
  /** A new delivery, at the end of its lane; handed out at once, with a token, where there is room for it and its lane is free. */
  readonly add: (event: number, sink: string, rank: number, lane: SqlText | null, now: number, room?: Room) => string | undefined
  readonly placeOf: (event: number, sink: string) => Place | undefined
  /** A pending or dead one comes to an end; the next of its lane may be handed out. */
  readonly end: (delivery: Standing, state: DeliveryState, error: string | null, now: number) => void
  /** One that has ended is pending once more, at the end of its lane. */
  readonly revive: (delivery: Pick<Standing, 'event' | 'sink' | 'state'>, now: number) => void
  /** Makes the row of the event agree with its deliveries, after one or more of the above. */
  readonly review: (event: number) => void
  /** The same, for one that was pending and has ended so. */
  readonly rest: (event: number, state: DeliveryState, now: number) => void
}

/** App and key in one word; null where nothing keeps order. */
export const laneOf = (app: number, key: string | undefined): SqlText | null => (key === undefined ? null : toSql(`${app} ${key}`))

// `+?` instead of `?`, here and elsewhere in this folder: SQLite compares a bare parameter with the conditions of partial indexes, and
// then prepares the statement anew for each value, which takes ten times as long as running it.
const inLaneSql = (sink: string, lane: string): string =>
  `SELECT 1 FROM delivery other INDEXED BY delivery_lane WHERE other.sink = ${sink} AND other.lane = ${lane} AND other.state = 'pending'`

export const createDeliveries = (db: Database, ledger: Ledger, newToken: (event: number) => string): Deliveries => {
  const waiting = db.prepare<[SqlText, SqlText], 1>(`${inLaneSql('+?', '+?')} LIMIT 1`).pluck()
  const insert = db.prepare(
    `INSERT INTO delivery (event, sink, rank, lane, place, due, state, replay, head, attempts, token) VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?, ?)`,
  )
  const placeOf = db.prepare<[number, SqlText], Place>('SELECT lane, head FROM delivery WHERE event = +? AND sink = +?')
  const finish = db.prepare('UPDATE delivery SET state = ?, error = ?, ended_at = ?, token = NULL, head = 0 WHERE event = +? AND sink = +?')
  const next = db
    .prepare<[SqlText, SqlText], number>(
      "SELECT event FROM delivery INDEXED BY delivery_lane WHERE sink = +? AND lane = +? AND state = 'pending' ORDER BY place LIMIT 1",
    )
    .pluck()
  const promote = db.prepare('UPDATE delivery SET head = head | 1 WHERE event = +? AND sink = +?')
  const reopen = db.prepare(
    `UPDATE delivery SET state = 'pending', place = ?, due = ?, attempts = 0, replay = 1, error = NULL, ended_at = NULL, head = (lane IS NULL OR NOT EXISTS (${inLaneSql('delivery.sink', 'delivery.lane')}))
     WHERE event = ? AND sink = ?`,
  )
  const review = db.prepare(
    `UPDATE event SET (pending, dead, rest_at) = (
       SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead'),
              coalesce(max(ended_at) FILTER (WHERE state = 'dead'), max(ended_at), recorded_at)
       FROM delivery WHERE delivery.event = event.position)
     WHERE position = ?`,
  )
  const restDead = db.prepare('UPDATE event SET pending = pending - 1, dead = dead + 1, rest_at = ? WHERE position = ?')
  // The age of an event with a dead delivery counts from that one's end.
  const restWell = db.prepare(
    'UPDATE event SET pending = pending - 1, rest_at = CASE WHEN dead = 0 THEN ? ELSE rest_at END WHERE position = ?',
  )

  return {
    add: (event, sink, rank, lane, now, room) => {
      const name = toSql(sink)
      const isHead = lane === null || waiting.get(name, lane) === undefined
      const token = room && room.left > 0 && (isHead || !room.ordered) ? newToken(event) : undefined
      const place = ledger.place()
      if (room && token !== undefined) {
        room.left -= 1
        insert.run(event, name, rank, lane, place, Math.round(now + room.lease), isHead ? 3 : 2, 1, token)
      } else insert.run(event, name, rank, lane, place, now, isHead ? 1 : 0, 0, null)
      ledger.count(sink, 'pending', 1)
      return token
    },
    placeOf: (event, sink) => placeOf.get(event, toSql(sink)),
    end: ({ event, sink, state: before, lane, head }, state, error, now) => {
      const name = toSql(sink)
      finish.run(state, error === null ? null : toSql(error), now, event, name)
      const follower = before === 'pending' && head % 2 === 1 && lane !== null ? next.get(name, lane) : undefined
      if (follower !== undefined) promote.run(follower, name)
      ledger.count(sink, before, -1)
      ledger.count(sink, state, 1)
    },
    revive: ({ event, sink, state }, now) => {
      reopen.run(ledger.place(), now, event, toSql(sink))
      ledger.count(sink, state, -1)
      ledger.count(sink, 'pending', 1)
    },
    review: (event) => review.run(event),
    rest: (event, state, now) => (state === 'dead' ? restDead : restWell).run(now, event),
  }
}
