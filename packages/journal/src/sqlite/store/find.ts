import type { DeliveryRecord, DeliveryState, EventFilter, EventPage, EventQuery, EventRecord } from '@callboard/core'
import type { Database, Statement } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import { fromSql, type SqlText } from '../sql-text.ts'
import { createReadTally, createReadTotal } from './counters.ts'
import { createSearch } from './key-index.ts'
import { all, type Condition, deliveriesOf, deliveryConditions, eventConditions, eventsOf, isByKey } from './where.ts'

interface DeliveryColumns {
  readonly sink: SqlText
  readonly state: DeliveryState
  readonly attempts: number
  readonly due: number
  readonly token: string | null
  readonly error: SqlText | null
}

const toFoundDelivery = ({ sink, state, attempts, due, token, error }: DeliveryColumns, now: number): DeliveryRecord => ({
  sink: fromSql(sink),
  state,
  attempts,
  ...(state === 'pending' && token === null && attempts > 0 && due > now && { dueAt: due }),
  ...(error !== null && { error: fromSql(error) }),
})

/** So many times more events than deliveries, and the deliveries are listed first. */
const RARE = 8

/** Pages through the events; for the owner and for readers alike. */
export const createFind = (db: Database): ((query: EventQuery, now: number) => EventPage) => {
  const deliveries = db.prepare<[number], DeliveryColumns>(
    'SELECT sink, state, attempts, due, token, error FROM delivery WHERE event = ? ORDER BY rank',
  )
  const body = db.prepare<[number], { raw: Buffer }>('SELECT raw FROM body WHERE event = ?')
  const readTally = createReadTally(db)
  const readTotal = createReadTotal(db)
  const search = createSearch(db)
  const statements = new Map<string, Statement<(SqlText | number)[], EventColumns>>()

  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<(SqlText | number)[], EventColumns>(sql)
    return statements.set(sql, statement).get(sql) ?? statement
  }

  const isRare = ({ sink, state }: EventFilter): boolean => {
    const counted = readTally().filter((row) => (sink === undefined || row.sink === sink) && (state === undefined || row.state === state))
    return counted.reduce((sum, { count }) => sum + count, 0) * RARE < readTotal('events')
  }

  const deliveryCondition = (filter: EventFilter): Condition => {
    const parts = all(deliveryConditions(filter))
    const sql =
      filter.ids === undefined && isRare(filter)
        ? `e.position IN (SELECT d.event FROM delivery d WHERE ${parts.sql})`
        : `EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.position AND ${parts.sql})`
    return { sql, values: parts.values }
  }

  /** Events with a delivery in one state to one sink come in order from the index of just that; others are looked at one by one. */
  const source = (filter: EventFilter): { readonly from: string; readonly position: string; readonly conditions: readonly Condition[] } => {
    const { sink, state, error } = filter
    const conditions = eventConditions(filter)
    if (sink !== undefined && state !== undefined) {
      return { from: deliveriesOf(filter), position: 'd.event', conditions: [...deliveryConditions(filter), ...conditions] }
    }
    const isAsked = sink !== undefined || state !== undefined || error !== undefined
    return { from: eventsOf(filter), position: 'e.position', conditions: isAsked ? [deliveryCondition(filter), ...conditions] : conditions }
  }

  const toFound = (columns: EventColumns, withRaw: boolean, now: number): EventRecord => {
    const raw = withRaw ? body.get(columns.position)?.raw : undefined
    return {
      ...toEvent(columns),
      ...(raw && { raw }),
      duplicates: columns.duplicates,
      deliveries: deliveries.all(columns.position).map((row) => toFoundDelivery(row, now)),
    }
  }

  return ({ limit, order, cursor, raw = false, ...filter }, now) => {
    const { from, position, conditions } = source(filter)
    const [direction, beyond] = order === 'oldest' ? (['ASC', '>'] as const) : (['DESC', '<'] as const)
    const past = cursor === undefined ? [] : [{ sql: `${position} ${beyond} ?`, values: [Number(cursor)] }]
    const { sql, values } = all([...conditions, ...past])
    const statement = prepare(`SELECT ${EVENT_COLUMNS} FROM ${from} WHERE ${sql} ORDER BY ${position} ${direction} LIMIT ?`)
    const rows = isByKey(filter)
      ? search({ order, cursor, most: limit + 1 }, (span, most) => statement.all(...span, ...values, most))
      : statement.all(...values, limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      events: page.map((columns) => toFound(columns, raw, now)),
      ...(last && rows.length > limit && { next: String(last.position) }),
      ...(last && { last: String(last.position) }),
    }
  }
}
