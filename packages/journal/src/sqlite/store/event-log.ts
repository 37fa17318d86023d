import type { LogDelivery } from '@callboard/core/journal-window'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText } from '../sql-text.ts'
import { laneOf } from './lane.ts'

/** The columns of an event that its deliveries need. */
const LOG_COLUMNS = 'seq, id, app, key, recorded_at, route'

interface LogColumns {
  readonly seq: number
  readonly id: SqlText
  readonly app: number
  readonly key: SqlText | null
  readonly recorded_at: number
  readonly route: number
}

/** An event as the log of a sink: a new delivery, if the route leads to the sink. */
export interface LoggedEvent extends LogDelivery {
  readonly route: number
}

const toLogged = ({ seq, id, app, key, recorded_at, route }: LogColumns): LoggedEvent => ({
  position: seq,
  id: fromSql(id),
  lane: laneOf(app, key === null ? undefined : fromSql(key)),
  due: recorded_at,
  route,
})

/** Returns the function that reads one event of the log. */
export const createReadEvent = (db: Database): ((event: number) => LoggedEvent | undefined) => {
  const select = db.prepare<[number], LogColumns>(`SELECT ${LOG_COLUMNS} FROM event WHERE seq = ?`)
  return (event) => {
    const columns = select.get(event)
    return columns && toLogged(columns)
  }
}

/** Returns the function that reads the events behind one position and up to another. */
export const createReadLog = (db: Database): ((after: number, to: number) => Iterable<LoggedEvent>) => {
  const select = db.prepare<[number, number], LogColumns>(`SELECT ${LOG_COLUMNS} FROM event WHERE seq > ? AND seq <= ? ORDER BY seq`)
  return function* (after, to) {
    for (const columns of select.iterate(after, to)) yield toLogged(columns)
  }
}
