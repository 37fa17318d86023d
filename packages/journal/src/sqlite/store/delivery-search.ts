import type { DeliveryState } from '@callboard/core'
import type { Database, Statement } from 'better-sqlite3'
import { LEASED, LEASED_BLOCKED } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import { ALL, createBlockSearch, type Range } from './block-search.ts'
import { createRoutes, type SinkState } from './sink-state.ts'
import { allOf, type Condition, deliverySource, type EventConditions, eventConditions } from './where.ts'

/** Selects the deliveries of one sink in one state. `none`: the events without a delivery to it. */
export interface DeliverySearch {
  readonly sink: SinkState
  readonly state: DeliveryState | 'none'
  readonly events: EventConditions
  /** The last error contains this text. */
  readonly error?: string | undefined
  readonly order: 'oldest' | 'newest'
  /** The position of an event. The search starts behind it. */
  readonly cursor?: string | undefined
  readonly limit: number
  /** Leaves out what is leased at this time. */
  readonly notLeasedAt?: number
}

/** Finds deliveries. They are rows, or their sink says that they are pending or delivered. For the owner and for readers. */
export interface DeliveryFinder {
  /** Returns the positions of the events, in order. */
  readonly find: (search: DeliverySearch) => readonly number[]
  /** The part of `find` that has no rows. */
  readonly findWithoutRow: (search: DeliverySearch) => readonly number[]
  /** Counts the pending deliveries that are leased at this time. */
  readonly countLeased: (search: Pick<DeliverySearch, 'sink' | 'events' | 'error' | 'cursor'>, now: number) => number
}

const HAS_ROW = 'EXISTS (SELECT 1 FROM delivery r WHERE r.event = e.seq AND r.sink = ?)'
const IN_LIST = 'IN (SELECT value FROM json_each(?))'
const IS_LEASED = `d.claim_state IN (${LEASED_BLOCKED}, ${LEASED}) AND d.due > ?`

const errorConditions = (error: string | undefined): readonly Condition[] =>
  error === undefined ? [] : [{ sql: 'instr(d.error, ?) > 0', values: [toSql(error)] }]

const inOrder = (positions: readonly number[], order: 'oldest' | 'newest'): readonly number[] =>
  [...positions].sort((a, b) => (order === 'oldest' ? a - b : b - a))

export const createDeliveryFinder = (db: Database): DeliveryFinder => {
  const searchBlocks = createBlockSearch(db)
  const { routesTo } = createRoutes(db)
  const statements = new Map<string, Statement<(SqlText | number)[], number>>()

  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<(SqlText | number)[], number>(sql).pluck()
    statements.set(sql, statement)
    return statement
  }

  const directionOf = ({ order }: DeliverySearch) => (order === 'oldest' ? 'ASC' : 'DESC')

  /** Selects from consecutive positions. */
  const select = (
    search: DeliverySearch,
    column: 'd.event' | 'e.seq',
    from: string,
    conditions: readonly Condition[],
    within: Range = ALL,
  ): readonly number[] => {
    const { events, order, cursor, limit } = search
    const { sql, values } = allOf([...conditions, ...eventConditions(events)])
    const statement = prepare(
      `SELECT ${column} FROM ${from} WHERE ${column} BETWEEN ? AND ? AND ${sql} ORDER BY ${column} ${directionOf(search)} LIMIT ?`,
    )
    return searchBlocks({ events, order, cursor, within, limit }, (range, rest) => statement.all(...range, ...values, rest))
  }

  /** Selects from a list of positions. */
  const selectListed = (search: DeliverySearch, positions: string, conditions: readonly Condition[]): readonly number[] => {
    const { events, order, cursor, limit } = search
    const afterCursor = cursor === undefined ? [] : [{ sql: `e.seq ${order === 'oldest' ? '>' : '<'} ?`, values: [Number(cursor)] }]
    const { sql, values } = allOf([
      { sql: `e.seq ${IN_LIST}`, values: [positions] },
      ...conditions,
      ...eventConditions(events),
      ...afterCursor,
    ])
    return prepare(`SELECT e.seq FROM event e WHERE ${sql} ORDER BY e.seq ${directionOf(search)} LIMIT ?`).all(...values, limit)
  }

  const findRows = (search: DeliverySearch): readonly number[] => {
    const { sink, state, error, notLeasedAt } = search
    const notLeased = notLeasedAt === undefined || state !== 'pending' ? [] : [{ sql: `NOT (${IS_LEASED})`, values: [notLeasedAt] }]
    return select(search, 'd.event', deliverySource(search.events), [
      { sql: 'd.sink = ? AND d.state = ?', values: [sink.id, state] },
      ...errorConditions(error),
      ...notLeased,
    ])
  }

  const findWithoutRow = (search: DeliverySearch): readonly number[] => {
    const { sink, state, error, order, limit, notLeasedAt } = search
    const { readTo, pending } = sink
    const listOf = (positions: typeof pending) => JSON.stringify(positions.map(({ position }) => position))
    const routed: Condition = { sql: `e.route ${state === 'none' ? 'NOT ' : ''}${IN_LIST}`, values: [JSON.stringify(routesTo(sink.id))] }
    const common = [routed, { sql: `NOT ${HAS_ROW}`, values: [sink.id] }]
    // Without a row there is no error to search for.
    if (error !== undefined || state === 'dead' || state === 'discarded') return []
    if (state === 'none') return select(search, 'e.seq', 'event e', common)
    if (state === 'delivered') {
      const finished = { sql: `e.seq NOT ${IN_LIST}`, values: [listOf(pending)] }
      return select(search, 'e.seq', 'event e', [finished, ...common], [0, readTo])
    }
    // The positions of the list may lie far before the others.
    const free = notLeasedAt === undefined ? pending : pending.filter(({ isLeased }) => !isLeased)
    const found = [
      ...selectListed(search, listOf(free), common),
      ...select(search, 'e.seq', 'event e', common, [readTo + 1, Number.MAX_SAFE_INTEGER]),
    ]
    return inOrder(found, order).slice(0, limit)
  }

  return {
    findWithoutRow,
    find: (search) => {
      const found = [...(search.state === 'none' ? [] : findRows(search)), ...findWithoutRow(search)]
      return inOrder(found, search.order).slice(0, search.limit)
    },
    countLeased: ({ sink, events, error, cursor }, now) => {
      const conditions = [...eventConditions(events), ...(cursor === undefined ? [] : [{ sql: 'e.seq > ?', values: [Number(cursor)] }])]
      const rows = allOf([
        { sql: `d.sink = ? AND d.state = 'pending' AND ${IS_LEASED}`, values: [sink.id, now] },
        ...errorConditions(error),
        ...conditions,
      ])
      const inRows = prepare(
        `SELECT count(*) FROM delivery d INDEXED BY delivery_pending CROSS JOIN event e ON e.seq = d.event WHERE ${rows.sql}`,
      ).get(...rows.values)
      if (error !== undefined) return inRows ?? 0
      const leased = JSON.stringify(sink.pending.filter(({ isLeased }) => isLeased).map(({ position }) => position))
      const others = allOf([{ sql: `e.seq ${IN_LIST} AND NOT ${HAS_ROW}`, values: [leased, sink.id] }, ...conditions])
      return (inRows ?? 0) + (prepare(`SELECT count(*) FROM event e WHERE ${others.sql}`).get(...others.values) ?? 0)
    },
  }
}
