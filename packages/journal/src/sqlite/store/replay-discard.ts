import type { ChangeRequest, ChangeResult, DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { type Deliveries, laneOf } from './deliveries.ts'
import { createSearch } from './key-index.ts'
import type { Write } from './transaction.ts'
import { all, type Condition, deliveriesOf, deliveryConditions, eventConditions, eventsOf, isByKey } from './where.ts'

interface Target {
  readonly event: number
  readonly app: number
  readonly key: SqlText | null
  /** Null where there is no delivery. */
  readonly state: DeliveryState | null
}

type From = ChangeRequest['from'][number]

const IN_FLIGHT = 'd.head IN (2, 3) AND d.due > ?'

/** `replay` and `discard`: both pick deliveries of one sink, oldest event first, and change them. */
export const createChanges = (
  db: Database,
  write: Write,
  deliveries: Deliveries,
): {
  readonly replay: (change: ChangeRequest, now: number) => ChangeResult
  readonly discard: (change: ChangeRequest, now: number) => ChangeResult
} => {
  const search = createSearch(db)
  const nextRank = db.prepare<[number], number>('SELECT count(*) FROM delivery WHERE event = ?').pluck()

  const conditionsOf = ({ error, ...change }: ChangeRequest): readonly Condition[] => [
    ...eventConditions(change),
    ...deliveryConditions({ ...(error !== undefined && { error }) }),
  ]

  /** Behind what an earlier change looked at. */
  const beyond = (position: string, { cursor }: ChangeRequest): readonly Condition[] =>
    cursor === undefined ? [] : [{ sql: `${position} > ?`, values: [Number(cursor)] }]

  /** The first targets of a statement that is given a span first, where it looks by key, and last how many are wanted. */
  const targets = (change: ChangeRequest, sql: string, values: readonly (SqlText | number)[], most: number): readonly Target[] => {
    const statement = db.prepare<(SqlText | number)[], Target>(sql)
    return isByKey(change)
      ? search({ order: 'oldest', cursor: change.cursor, most }, (span, rest) => statement.all(...span, ...values, rest))
      : statement.all(...values, most)
  }

  const withDelivery = (change: ChangeRequest, state: DeliveryState, now: number, most: number): readonly Target[] => {
    const { sql, values } = all([
      { sql: 'd.sink = ? AND d.state = ?', values: [toSql(change.sink), state] },
      { sql: `NOT (${IN_FLIGHT})`, values: [now] },
      ...conditionsOf(change),
      ...beyond('d.event', change),
    ])
    return targets(
      change,
      `SELECT d.event, e.app, e.key, d.state FROM ${deliveriesOf(change)} WHERE ${sql} ORDER BY d.event LIMIT ?`,
      values,
      most,
    )
  }

  const withoutDelivery = (change: ChangeRequest, most: number): readonly Target[] => {
    // A delivery that is not there has not failed with anything.
    if (change.error !== undefined) return []
    const { sql, values } = all([
      { sql: 'NOT EXISTS (SELECT 1 FROM delivery WHERE event = e.position AND sink = ?)', values: [toSql(change.sink)] },
      ...eventConditions(change),
      ...beyond('e.position', change),
    ])
    return targets(
      change,
      `SELECT e.position AS event, e.app, e.key, NULL AS state FROM ${eventsOf(change)} WHERE ${sql} ORDER BY e.position LIMIT ?`,
      values,
      most,
    )
  }

  const countBusy = (change: ChangeRequest, now: number): number => {
    const { sql, values } = all([
      { sql: `d.sink = ? AND d.state = 'pending' AND ${IN_FLIGHT}`, values: [toSql(change.sink), now] },
      ...conditionsOf(change),
      ...beyond('d.event', change),
    ])
    return (
      db
        .prepare<(SqlText | number)[], number>(
          `SELECT count(*) FROM delivery d INDEXED BY delivery_open CROSS JOIN event e ON e.position = d.event WHERE ${sql}`,
        )
        .pluck()
        .get(...values) ?? 0
    )
  }

  const changeEach = (change: ChangeRequest, states: readonly From[], now: number, apply: (target: Target) => void): ChangeResult => {
    const from = [...new Set(change.from)].filter((state) => states.includes(state))
    const found = from.flatMap((state) =>
      state === 'none' ? withoutDelivery(change, change.limit + 1) : withDelivery(change, state, now, change.limit + 1),
    )
    const targets = found.sort((a, b) => a.event - b.event).slice(0, change.limit)
    if (!change.dryRun) {
      for (const target of targets) {
        apply(target)
        deliveries.review(target.event)
      }
    }
    const busy = from.includes('pending') ? countBusy(change, now) : 0
    const more = found.length > targets.length
    const last = targets.at(-1)
    return { changed: targets.length, busy, more, ...(more && last && { next: String(last.event) }) }
  }

  const replayOne = ({ sink }: ChangeRequest, { event, app, key, state }: Target, now: number) => {
    if (state !== null) deliveries.revive({ event, sink, state }, now)
    else deliveries.add(event, sink, nextRank.get(event) ?? 0, laneOf(app, key === null ? undefined : fromSql(key)), now)
  }

  const discardOne = ({ sink, by }: ChangeRequest, { event, state }: Target, now: number) => {
    const error = `discarded by ${by} at ${new Date(now).toISOString()}`
    // The one discarded before may have made this one the head of its lane.
    const place = deliveries.placeOf(event, sink)
    if (state !== null && place) deliveries.end({ event, sink, state, ...place }, 'discarded', error, now)
  }

  return {
    replay: (change, now) =>
      write('disk', now, () =>
        changeEach(change, ['delivered', 'dead', 'discarded', 'none'], now, (target) => replayOne(change, target, now)),
      ),
    discard: (change, now) =>
      write('disk', now, () => changeEach(change, ['pending', 'dead'], now, (target) => discardOne(change, target, now))),
  }
}
