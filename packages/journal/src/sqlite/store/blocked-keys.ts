import type { BlockedKey } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { READY } from '../schema.ts'
import { fromSql, type SqlText } from '../sql-text.ts'
import { createReadEvent, createReadLog, type LoggedEvent } from './event-log.ts'
import { createReadSinks, createRoutes, type SinkState } from './sink-state.ts'
import { MAX_COUNTED } from './stats.ts'

interface BlockedRow {
  readonly event: number
  readonly lane: SqlText
  readonly place: number
  readonly app: number
  readonly key: SqlText
  readonly id: SqlText
  readonly command: SqlText
  readonly attempts: number
  readonly due: number
  readonly error: SqlText | null
}

/** Selects the first row of each lane that waits for a retry. Exported for the tests of its query plan. */
export const BLOCKED_KEYS_SQL = `SELECT d.event, d.lane, d.place, e.app, e.key, e.id, e.command, d.attempts, d.due, d.error
  FROM delivery d INDEXED BY delivery_pending CROSS JOIN event e ON e.seq = d.event
  WHERE d.sink = @sink AND d.state = 'pending' AND d.claim_state = ${READY} AND d.due > @now
    AND d.attempts > 0 AND d.lane IS NOT NULL
  ORDER BY d.due LIMIT @limit`

/** Of the log that is not read yet, this number of events is looked at for deliveries that wait behind a key. */
const MAX_LOOKED = 10_000

/** Returns the keys of one sink that wait for a retry. For the owner and for readers. */
export const createBlockedKeys = (db: Database): ((sink: string, limit: number, now: number) => readonly BlockedKey[]) => {
  const selectBlocked = db.prepare<{ sink: number; now: number; limit: number }, BlockedRow>(BLOCKED_KEYS_SQL)
  const countWaiting = db
    .prepare<[number, SqlText, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM delivery INDEXED BY delivery_lane WHERE sink = ? AND lane = ? AND state = 'pending' AND event <> ? LIMIT ${MAX_COUNTED})`,
    )
    .pluck()
  const readSinks = createReadSinks(db)
  const { routesTo } = createRoutes(db)
  const readEvent = createReadEvent(db)
  const readLog = createReadLog(db)
  const hasRow = db.prepare<[number, number], 1>('SELECT 1 FROM delivery WHERE event = +? AND sink = +?').pluck()

  /** Returns the positions of the pending deliveries without a row, by lane. */
  const waitingByLane = ({ id, readTo, pending }: SinkState): ReadonlyMap<string, readonly number[]> => {
    const routes = new Set(routesTo(id))
    const waiting = new Map<string, number[]>()
    const note = (event: LoggedEvent | undefined) => {
      if (event?.lane === undefined || !routes.has(event.route) || hasRow.get(event.position, id) === 1) return
      const positions = waiting.get(event.lane)
      if (positions) positions.push(event.position)
      else waiting.set(event.lane, [event.position])
    }
    for (const { position } of pending) note(readEvent(position))
    for (const event of readLog(readTo, readTo + MAX_LOOKED)) note(event)
    return waiting
  }

  return (name, limit, now) => {
    const sink = readSinks().find((each) => each.name === name)
    if (!sink) return []
    const blocked: BlockedKey[] = []
    const rows = selectBlocked.all({ sink: sink.id, now, limit })
    const waitingIn = rows.length === 0 ? undefined : waitingByLane(sink)
    for (const row of rows) {
      const { event, lane, place, app, attempts, due, error } = row
      const waiting = waitingIn?.get(fromSql(lane)) ?? []
      // After a replay, earlier deliveries of the lane may still be in the log.
      if (waiting.some((position) => position < place)) continue
      blocked.push({
        app,
        key: fromSql(row.key),
        id: fromSql(row.id),
        command: fromSql(row.command),
        attempts,
        dueAt: due,
        error: error === null ? '' : fromSql(error),
        waitingBehind: Math.min((countWaiting.get(sink.id, lane, event) ?? 0) + waiting.length, MAX_COUNTED),
      })
    }
    return blocked
  }
}
