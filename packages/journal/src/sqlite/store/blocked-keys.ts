import type { BlockedKey } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { READY } from '../schema.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { MAX_COUNTED } from './stats.ts'

interface BlockedRow {
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

/** Selects the first delivery of each lane that waits for a retry. Exported for the tests of its query plan. */
export const BLOCKED_KEYS_SQL = `SELECT d.event, d.lane, e.app, e.key, e.id, e.command, d.attempts, d.due, d.error
  FROM delivery d INDEXED BY delivery_pending CROSS JOIN event e ON e.seq = d.event
  WHERE d.sink = @sink AND d.state = 'pending' AND d.claim_state = ${READY} AND d.due > @now
    AND d.attempts > 0 AND d.lane IS NOT NULL
  ORDER BY d.due LIMIT @limit`

/** Returns the keys of one sink that wait for a retry. For the owner and for readers. */
export const createBlockedKeys = (db: Database): ((sink: string, limit: number, now: number) => readonly BlockedKey[]) => {
  const selectBlocked = db.prepare<{ sink: SqlText; now: number; limit: number }, BlockedRow>(BLOCKED_KEYS_SQL)
  const countWaiting = db
    .prepare<[SqlText, SqlText, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_lane WHERE sink = ? AND lane = ? AND state = 'pending' AND event <> ? LIMIT ${MAX_COUNTED})`,
    )
    .pluck()
  return (sink, limit, now) => {
    const name = toSql(sink)
    return selectBlocked.all({ sink: name, now, limit }).map(({ event, lane, app, key, id, command, attempts, due, error }) => ({
      app,
      key: fromSql(key),
      id: fromSql(id),
      command: fromSql(command),
      attempts,
      dueAt: due,
      error: error === null ? '' : fromSql(error),
      waitingBehind: countWaiting.get(name, lane, event) ?? 0,
    }))
  }
}
