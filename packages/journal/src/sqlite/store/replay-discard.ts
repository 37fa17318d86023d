import type { ChangeRequest, ChangeResult, DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { LEASED, LEASED_BLOCKED } from '../schema.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import { type Deliveries, laneOf } from './deliveries.ts'
import { createKeySearch } from './key-index.ts'
import type { RunInTransaction } from './transaction.ts'
import { allOf, type Condition, deliveryConditions, deliverySource, eventConditions, eventSource, searchesByKey } from './where.ts'

interface Target {
  readonly event: number
  readonly app: number
  readonly key: SqlText | null
  /** Null when the event has no delivery to the sink. */
  readonly state: DeliveryState | null
}

type SourceState = ChangeRequest['from'][number]

const IS_LEASED = `d.claim_state IN (${LEASED_BLOCKED}, ${LEASED}) AND d.due > ?`

/** Creates `replay` and `discard`. Both select deliveries of one sink, oldest event first, and change them. */
export const createReplayDiscard = (
  db: Database,
  runInTransaction: RunInTransaction,
  deliveries: Deliveries,
): {
  readonly replay: (change: ChangeRequest, now: number) => ChangeResult
  readonly discard: (change: ChangeRequest, now: number) => ChangeResult
} => {
  const searchByKey = createKeySearch(db)
  const nextSinkIndex = db.prepare<[number], number>('SELECT count(*) FROM delivery WHERE event = ?').pluck()

  const conditionsOf = ({ error, ...change }: ChangeRequest): readonly Condition[] => [
    ...eventConditions(change),
    ...deliveryConditions({ ...(error !== undefined && { error }) }),
  ]

  const afterCursor = (seqColumn: string, { cursor }: ChangeRequest): readonly Condition[] =>
    cursor === undefined ? [] : [{ sql: `${seqColumn} > ?`, values: [Number(cursor)] }]

  /** Selects the first targets. The last parameter of the statement is the limit. In a search by key the first two are the span. */
  const selectTargets = (change: ChangeRequest, sql: string, values: readonly (SqlText | number)[], limit: number): readonly Target[] => {
    const statement = db.prepare<(SqlText | number)[], Target>(sql)
    return searchesByKey(change)
      ? searchByKey({ order: 'oldest', cursor: change.cursor, limit }, (span, rest) => statement.all(...span, ...values, rest))
      : statement.all(...values, limit)
  }

  const withDelivery = (change: ChangeRequest, state: DeliveryState, now: number, limit: number): readonly Target[] => {
    const { sql, values } = allOf([
      { sql: 'd.sink = ? AND d.state = ?', values: [toSql(change.sink), state] },
      { sql: `NOT (${IS_LEASED})`, values: [now] },
      ...conditionsOf(change),
      ...afterCursor('d.event', change),
    ])
    return selectTargets(
      change,
      `SELECT d.event, e.app, e.key, d.state FROM ${deliverySource(change)} WHERE ${sql} ORDER BY d.event LIMIT ?`,
      values,
      limit,
    )
  }

  const withoutDelivery = (change: ChangeRequest, limit: number): readonly Target[] => {
    // Without a delivery there is no error to search for.
    if (change.error !== undefined) return []
    const { sql, values } = allOf([
      { sql: 'NOT EXISTS (SELECT 1 FROM delivery WHERE event = e.seq AND sink = ?)', values: [toSql(change.sink)] },
      ...eventConditions(change),
      ...afterCursor('e.seq', change),
    ])
    return selectTargets(
      change,
      `SELECT e.seq AS event, e.app, e.key, NULL AS state FROM ${eventSource(change)} WHERE ${sql} ORDER BY e.seq LIMIT ?`,
      values,
      limit,
    )
  }

  const countBusy = (change: ChangeRequest, now: number): number => {
    const { sql, values } = allOf([
      { sql: `d.sink = ? AND d.state = 'pending' AND ${IS_LEASED}`, values: [toSql(change.sink), now] },
      ...conditionsOf(change),
      ...afterCursor('d.event', change),
    ])
    return (
      db
        .prepare<(SqlText | number)[], number>(
          `SELECT count(*) FROM delivery d INDEXED BY delivery_pending CROSS JOIN event e ON e.seq = d.event WHERE ${sql}`,
        )
        .pluck()
        .get(...values) ?? 0
    )
  }

  const changeEach = (
    change: ChangeRequest,
    allowed: readonly SourceState[],
    now: number,
    apply: (target: Target) => void,
  ): ChangeResult => {
    const states = [...new Set(change.from)].filter((state) => allowed.includes(state))
    const found = states.flatMap((state) =>
      state === 'none' ? withoutDelivery(change, change.limit + 1) : withDelivery(change, state, now, change.limit + 1),
    )
    const targets = found.sort((a, b) => a.event - b.event).slice(0, change.limit)
    if (!change.dryRun) {
      for (const target of targets) {
        apply(target)
        deliveries.recountEvent(target.event)
      }
    }
    const busy = states.includes('pending') ? countBusy(change, now) : 0
    const more = found.length > targets.length
    const last = targets.at(-1)
    return { changed: targets.length, busy, more, ...(more && last && { next: String(last.event) }) }
  }

  const replayOne = ({ sink }: ChangeRequest, { event, app, key, state }: Target, now: number) => {
    if (state !== null) deliveries.reopen({ event, sink, state }, now)
    else deliveries.add(event, sink, nextSinkIndex.get(event) ?? 0, laneOf(app, key === null ? undefined : fromSql(key)), now)
  }

  const discardOne = ({ sink, by }: ChangeRequest, { event, state }: Target, now: number) => {
    // Read only now: the discard before this one may have unblocked this delivery.
    const lanePosition = deliveries.lanePositionOf(event, sink)
    if (state !== null && lanePosition) deliveries.end({ event, sink, state, ...lanePosition }, { state: 'discarded', by }, now)
  }

  return {
    replay: (change, now) =>
      runInTransaction('disk', now, () =>
        changeEach(change, ['delivered', 'dead', 'discarded', 'none'], now, (target) => replayOne(change, target, now)),
      ),
    discard: (change, now) =>
      runInTransaction('disk', now, () => changeEach(change, ['pending', 'dead'], now, (target) => discardOne(change, target, now))),
  }
}
