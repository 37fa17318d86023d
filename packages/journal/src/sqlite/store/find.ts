import type { DeliveryRecord, DeliveryState, EventFilter, EventPage, EventQuery, EventRecord } from '@callboard/core'
import type { Database, Statement } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import { fromSql, type SqlText } from '../sql-text.ts'
import { createReadCounter, createReadDeliveryCounts } from './counters.ts'
import { createKeySearch } from './key-index.ts'
import { allOf, type Condition, deliveryConditions, deliverySource, eventConditions, eventSource, searchesByKey } from './where.ts'

interface DeliveryColumns {
  readonly sink: SqlText
  readonly state: DeliveryState
  readonly attempts: number
  readonly due: number
  readonly token: string | null
  readonly error: SqlText | null
  readonly endedAt: number | null
  readonly discardedBy: SqlText | null
}

const toDeliveryRecord = (
  { sink, state, attempts, due, token, error, endedAt, discardedBy }: DeliveryColumns,
  now: number,
): DeliveryRecord => ({
  sink: fromSql(sink),
  state,
  attempts,
  ...(state === 'pending' && token === null && attempts > 0 && due > now && { dueAt: due }),
  ...(error !== null && { error: fromSql(error) }),
  ...(discardedBy !== null && { discarded: { by: fromSql(discardedBy), at: endedAt ?? 0 } }),
})

// The search starts from the deliveries when there are this many times more events.
const RARE_RATIO = 8

/** Finds pages of events. For the owner and for readers. */
export const createFind = (db: Database): ((query: EventQuery, now: number) => EventPage) => {
  const selectDeliveries = db.prepare<[number], DeliveryColumns>(
    `SELECT sink, state, attempts, due, token, error, ended_at AS endedAt, discarded_by AS discardedBy
     FROM delivery WHERE event = ? ORDER BY sink_index`,
  )
  const selectBody = db.prepare<[number], { raw: Buffer }>('SELECT raw FROM body WHERE event = ?')
  const readDeliveryCounts = createReadDeliveryCounts(db)
  const readCounter = createReadCounter(db)
  const searchByKey = createKeySearch(db)
  const statements = new Map<string, Statement<(SqlText | number)[], EventColumns>>()

  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<(SqlText | number)[], EventColumns>(sql)
    return statements.set(sql, statement).get(sql) ?? statement
  }

  const isRare = ({ sink, state }: EventFilter): boolean => {
    const counts = readDeliveryCounts().filter(
      (row) => (sink === undefined || row.sink === sink) && (state === undefined || row.state === state),
    )
    return counts.reduce((sum, { count }) => sum + count, 0) * RARE_RATIO < readCounter('events')
  }

  const deliveryCondition = (filter: EventFilter): Condition => {
    const { sql: condition, values } = allOf(deliveryConditions(filter))
    const sql =
      filter.ids === undefined && isRare(filter)
        ? `e.seq IN (SELECT d.event FROM delivery d WHERE ${condition})`
        : `EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.seq AND ${condition})`
    return { sql, values }
  }

  /** An index lists the deliveries of one sink in one state in order of their events. Any other search looks at each event. */
  const source = (
    filter: EventFilter,
  ): { readonly from: string; readonly seqColumn: string; readonly conditions: readonly Condition[] } => {
    const { sink, state, error } = filter
    const conditions = eventConditions(filter)
    if (sink !== undefined && state !== undefined) {
      return { from: deliverySource(filter), seqColumn: 'd.event', conditions: [...deliveryConditions(filter), ...conditions] }
    }
    const filtersDeliveries = sink !== undefined || state !== undefined || error !== undefined
    return {
      from: eventSource(filter),
      seqColumn: 'e.seq',
      conditions: filtersDeliveries ? [deliveryCondition(filter), ...conditions] : conditions,
    }
  }

  const toEventRecord = (columns: EventColumns, withRaw: boolean, now: number): EventRecord => {
    const raw = withRaw ? selectBody.get(columns.seq)?.raw : undefined
    return {
      ...toEvent(columns),
      ...(raw && { raw }),
      duplicates: columns.duplicates,
      deliveries: selectDeliveries.all(columns.seq).map((row) => toDeliveryRecord(row, now)),
    }
  }

  return ({ limit, order, cursor, raw = false, ...filter }, now) => {
    const { from, seqColumn, conditions } = source(filter)
    const [direction, operator] = order === 'oldest' ? (['ASC', '>'] as const) : (['DESC', '<'] as const)
    const afterCursor = cursor === undefined ? [] : [{ sql: `${seqColumn} ${operator} ?`, values: [Number(cursor)] }]
    const { sql, values } = allOf([...conditions, ...afterCursor])
    const statement = prepare(`SELECT ${EVENT_COLUMNS} FROM ${from} WHERE ${sql} ORDER BY ${seqColumn} ${direction} LIMIT ?`)
    const rows = searchesByKey(filter)
      ? searchByKey({ order, cursor, limit: limit + 1 }, (span, rest) => statement.all(...span, ...values, rest))
      : statement.all(...values, limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      events: page.map((columns) => toEventRecord(columns, raw, now)),
      ...(last && rows.length > limit && { next: String(last.seq) }),
      ...(last && { last: String(last.seq) }),
    }
  }
}
