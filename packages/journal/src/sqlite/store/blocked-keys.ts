import type { BlockedKey } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { MOST_COUNTED } from './stats.ts'

interface Row {
  readonly event: number
  readonly lane: SqlText
  readonly app: number
  readonly key: SqlText
  readonly id: SqlText
  readonly command: SqlText
  readonly attempts: number
  readonly due: number
  readonly error: SqlText | null
}

/** The heads of lanes that wait for another attempt, for tests that look at how SQLite finds them. */
export const BLOCKED = `SELECT d.event, d.lane, e.app, e.key, e.id, e.command, d.attempts, d.due, d.error
  FROM delivery d INDEXED BY delivery_open CROSS JOIN event e ON e.position = d.event
  WHERE d.sink = @sink AND d.state = 'pending' AND d.head = 1 AND d.due > @now
    AND d.attempts > 0 AND d.lane IS NOT NULL
  ORDER BY d.due LIMIT @limit`

/** The lanes of one sink that wait behind a failed delivery; for the owner and for readers alike. */
export const createBlocked = (db: Database): ((sink: string, limit: number, now: number) => readonly BlockedKey[]) => {
  const heads = db.prepare<{ sink: SqlText; now: number; limit: number }, Row>(BLOCKED)
  const behind = db
    .prepare<[SqlText, SqlText, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_lane WHERE sink = ? AND lane = ? AND state = 'pending' AND event <> ? LIMIT ${MOST_COUNTED})`,
    )
    .pluck()
  return (sink, limit, now) => {
    const name = toSql(sink)
    return heads.all({ sink: name, now, limit }).map(({ event, lane, app, key, id, command, attempts, due, error }) => ({
      app,
      key: fromSql(key),
      id: fromSql(id),
      command: fromSql(command),
      attempts,
      dueAt: due,
      error: error === null ? '' : fromSql(error),
      waitingBehind: behind.get(name, lane, event) ?? 0,
    }))
  }
}
