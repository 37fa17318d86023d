import type { EventFilter } from '@callboard/core'
import { type SqlText, toSql } from '../sql-text.ts'
import { KEYED } from './key-index.ts'

/** Part of a WHERE clause with what belongs to its question marks. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (SqlText | number)[]
}

const list = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

/** What an event (`e`) must fulfil, deliveries aside. */
export const eventConditions = ({
  ids,
  command,
  app,
  key,
  status,
  since,
  until,
}: Omit<EventFilter, 'sink' | 'state' | 'error'>): readonly Condition[] => [
  ...(ids === undefined ? [] : [{ sql: `e.id IN (${list(ids.length)})`, values: ids.map(toSql) }]),
  ...(command === undefined ? [] : [{ sql: 'e.command = ?', values: [toSql(command)] }]),
  ...(app === undefined ? [] : [{ sql: 'e.app = ?', values: [app] }]),
  ...(key === undefined ? [] : [{ sql: 'e.key = ?', values: [toSql(key)] }]),
  // The second half lets SQLite see that the index of odd events will do.
  ...(status === undefined ? [] : [{ sql: `e.status = ?${status === 'accepted' ? '' : " AND e.status <> 'accepted'"}`, values: [status] }]),
  ...(since === undefined ? [] : [{ sql: 'e.received_at >= ?', values: [since] }]),
  ...(until === undefined ? [] : [{ sql: 'e.received_at < ?', values: [until] }]),
]

/** What a delivery (`d`) must fulfil, its event aside. */
export const deliveryConditions = ({ sink, state, error }: Pick<EventFilter, 'sink' | 'state' | 'error'>): readonly Condition[] => [
  ...(sink === undefined ? [] : [{ sql: 'd.sink = ?', values: [toSql(sink)] }]),
  ...(state === undefined ? [] : [{ sql: 'd.state = ?', values: [state] }]),
  ...(error === undefined ? [] : [{ sql: 'instr(d.error, ?) > 0', values: [toSql(error)] }]),
]

type Asked = Pick<EventFilter, 'ids' | 'key'>

/** Are they looked for by their key? Events that are named are looked up instead. */
export const isByKey = ({ ids, key }: Asked): boolean => ids === undefined && key !== undefined

/** Where events (`e`) are looked for; in order, unless it is by their key. */
export const eventsOf = (filter: Asked): string => (isByKey(filter) ? KEYED : 'event e')

/**
 * Where deliveries of one sink in one state (`d`) are looked for, with their events (`e`): by the events where those are named or have
 * one key, however many others have such a delivery; otherwise by the deliveries, in the order of the events.
 */
export const deliveriesOf = (filter: Asked): string =>
  filter.ids === undefined && filter.key === undefined
    ? 'delivery d INDEXED BY delivery_state CROSS JOIN event e ON e.position = d.event'
    : `${eventsOf(filter)} CROSS JOIN delivery d ON d.event = e.position`

/** All the conditions in one. */
export const all = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? 'true' : conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
})
