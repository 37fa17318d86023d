import type { EventFilter } from '@callboard/core'
import { type SqlText, toSql } from '../sql-text.ts'

/** A part of a WHERE clause, with the values of its parameters. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (SqlText | number)[]
}

const placeholders = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

/** A filter on events. */
export type EventConditions = Omit<EventFilter, 'sink' | 'state' | 'error'>

/** The conditions of a filter on events (`e`). */
export const eventConditions = ({ ids, command, app, key, status, since, until }: EventConditions): readonly Condition[] => [
  ...(ids === undefined ? [] : [{ sql: `e.id IN (${placeholders(ids.length)})`, values: ids.map(toSql) }]),
  ...(command === undefined ? [] : [{ sql: 'e.command = ?', values: [toSql(command)] }]),
  ...(app === undefined ? [] : [{ sql: 'e.app = ?', values: [app] }]),
  ...(key === undefined ? [] : [{ sql: 'e.key = ?', values: [toSql(key)] }]),
  // The second comparison lets SQLite use the index event_not_accepted.
  ...(status === undefined ? [] : [{ sql: `e.status = ?${status === 'accepted' ? '' : " AND e.status <> 'accepted'"}`, values: [status] }]),
  ...(since === undefined ? [] : [{ sql: 'e.received_at >= ?', values: [since] }]),
  ...(until === undefined ? [] : [{ sql: 'e.received_at < ?', values: [until] }]),
]

/**
 * The FROM clause for rows of one sink in one state (`d`), with their events (`e`). With ids the search starts from the events, however
 * many rows are in that state. Otherwise it starts from the rows, in order of their events.
 */
export const deliverySource = ({ ids }: EventConditions): string =>
  ids === undefined
    ? 'delivery d INDEXED BY delivery_state CROSS JOIN event e ON e.seq = d.event'
    : 'event e CROSS JOIN delivery d ON d.event = e.seq'

/** Joins conditions with AND. */
export const allOf = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? 'true' : conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
})
