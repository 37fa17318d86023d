import type { Filter } from '@callboard/core'
import { type SqlText, toSql } from '../text.ts'

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
}: Omit<Filter, 'sink' | 'state' | 'error'>): readonly Condition[] => [
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
export const deliveryConditions = ({ sink, state, error }: Pick<Filter, 'sink' | 'state' | 'error'>): readonly Condition[] => [
  ...(sink === undefined ? [] : [{ sql: 'd.sink = ?', values: [toSql(sink)] }]),
  ...(state === undefined ? [] : [{ sql: 'd.state = ?', values: [state] }]),
  ...(error === undefined ? [] : [{ sql: 'instr(d.error, ?) > 0', values: [toSql(error)] }]),
]

/** Deliveries of one sink in one state (`d`) with their events (`e`), in the order of the events where those are not named. */
export const SOURCE = {
  states: 'delivery d INDEXED BY delivery_state CROSS JOIN event e ON e.position = d.event',
  events: 'event e CROSS JOIN delivery d ON d.event = e.position',
}

/** Events that are named are looked up, however many others have such a delivery. */
export const sourceOf = ({ ids }: Pick<Filter, 'ids'>): keyof typeof SOURCE => (ids === undefined ? 'states' : 'events')

/** All the conditions in one. */
export const all = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? 'true' : conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
})
