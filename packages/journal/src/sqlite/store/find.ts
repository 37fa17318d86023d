import type { DeliveryRecord, DeliveryState, EventPage, EventQuery, EventRecord } from '@callboard/core'
import type { Database, Statement } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import { fromSql, type SqlText } from '../sql-text.ts'
import { createBlockSearch } from './block-search.ts'
import { createDeliveryFinder } from './delivery-search.ts'
import { createReadSinks, createRoutes, type SinkState } from './sink-state.ts'
import { allOf, eventConditions } from './where.ts'

interface DeliveryColumns {
  readonly sink: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly due: number
  readonly token: string | null
  readonly error: SqlText | null
  readonly endedAt: number | null
  readonly discardedBy: SqlText | null
}

const STATES: readonly DeliveryState[] = ['pending', 'delivered', 'dead', 'discarded']

const toDeliveryRecord = (
  sink: string,
  { state, attempts, due, token, error, endedAt, discardedBy }: DeliveryColumns,
  now: number,
): DeliveryRecord => ({
  sink,
  state,
  attempts,
  ...(state === 'pending' && token === null && attempts > 0 && due > now && { dueAt: due }),
  ...(error !== null && { error: fromSql(error) }),
  ...(discardedBy !== null && { discarded: { by: fromSql(discardedBy), at: endedAt ?? 0 } }),
})

/** Returns a function that tells a delivery without a row. */
const deliveryWithoutRow = ({ name, readTo, pending }: SinkState): ((event: number) => DeliveryRecord) => {
  const leases = new Map(pending.map(({ position, isLeased }) => [position, isLeased]))
  return (event) => {
    const isLeased = leases.get(event)
    if (isLeased === undefined && event <= readTo) return { sink: name, state: 'delivered', attempts: 1 }
    return { sink: name, state: 'pending', attempts: isLeased ? 1 : 0 }
  }
}

/** Finds pages of events. For the owner and for readers. */
export const createFind = (db: Database): ((query: EventQuery, now: number) => EventPage) => {
  const selectDeliveries = db.prepare<[number], DeliveryColumns>(
    `SELECT sink, state, attempts, due, token, error, ended_at AS endedAt, discarded_by AS discardedBy
     FROM delivery WHERE event = ? ORDER BY sink_index`,
  )
  const selectEvent = db.prepare<[number], EventColumns>(`SELECT ${EVENT_COLUMNS} FROM event e WHERE e.seq = ?`)
  const selectRaw = db.prepare<[number], Buffer>('SELECT raw FROM event WHERE seq = ?').pluck()
  const readSinks = createReadSinks(db)
  const { sinksOf } = createRoutes(db)
  const deliveries = createDeliveryFinder(db)
  const searchBlocks = createBlockSearch(db)
  const statements = new Map<string, Statement<(SqlText | number)[], EventColumns>>()

  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<(SqlText | number)[], EventColumns>(sql)
    statements.set(sql, statement)
    return statement
  }

  const findEvents = ({ limit, order, cursor, ...events }: EventQuery): readonly EventColumns[] => {
    const direction = order === 'oldest' ? 'ASC' : 'DESC'
    const { sql, values } = allOf(eventConditions(events))
    const statement = prepare(
      `SELECT ${EVENT_COLUMNS} FROM event e WHERE e.seq BETWEEN ? AND ? AND ${sql} ORDER BY e.seq ${direction} LIMIT ?`,
    )
    return searchBlocks({ events, order, cursor, limit }, (range, rest) => statement.all(...range, ...values, rest))
  }

  const findByDelivery = ({ limit, order, cursor, sink: name, state, error, ...events }: EventQuery, sinks: readonly SinkState[]) => {
    const found = new Set<number>()
    for (const sink of sinks) {
      if (name !== undefined && name !== sink.name) continue
      for (const each of state === undefined ? STATES : [state]) {
        for (const seq of deliveries.find({ sink, state: each, events, error, order, cursor, limit })) found.add(seq)
      }
    }
    const page = [...found].sort((a, b) => (order === 'oldest' ? a - b : b - a)).slice(0, limit)
    return page.flatMap((seq) => selectEvent.get(seq) ?? [])
  }

  return (query, now) => {
    const { limit, raw: withRaw = false, sink, state, error } = query
    const sinks = readSinks()
    const implied = new Map(sinks.map((each) => [each.id, deliveryWithoutRow(each)]))
    const names = new Map(sinks.map(({ id, name }) => [id, name]))

    const deliveriesOf = ({ seq, route }: EventColumns): readonly DeliveryRecord[] => {
      const rows = new Map(selectDeliveries.all(seq).map((row) => [row.sink, row]))
      const routed = sinksOf(route)
      const late = [...rows.keys()].filter((id) => !routed.includes(id))
      return [...routed, ...late].flatMap((id): readonly DeliveryRecord[] => {
        const row = rows.get(id)
        const delivery = row ? toDeliveryRecord(names.get(id) ?? '', row, now) : implied.get(id)?.(seq)
        return delivery ? [delivery] : []
      })
    }

    const toEventRecord = (columns: EventColumns): EventRecord => {
      const raw = withRaw ? selectRaw.get(columns.seq) : undefined
      return { ...toEvent(columns), ...(raw && { raw }), duplicates: columns.duplicates, deliveries: deliveriesOf(columns) }
    }

    const filtersDeliveries = sink !== undefined || state !== undefined || error !== undefined
    const one = { ...query, limit: limit + 1 }
    const rows = filtersDeliveries ? findByDelivery(one, sinks) : findEvents(one)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      events: page.map(toEventRecord),
      ...(last && rows.length > limit && { next: String(last.seq) }),
      ...(last && { last: String(last.seq) }),
    }
  }
}
