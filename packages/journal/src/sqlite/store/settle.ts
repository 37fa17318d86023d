import type { Settlement } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { RELEASED_STATE_SQL } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Deliveries, DeliveryRow } from './deliveries.ts'
import { eventSeqOf } from './lease-tokens.ts'
import type { Pauses } from './pauses.ts'
import type { RunInTransaction } from './transaction.ts'

/** Records the outcomes of attempts. A settlement whose token is not the latest one of its delivery is `stale`. */
export const createSettle = (
  db: Database,
  runInTransaction: RunInTransaction,
  deliveries: Deliveries,
  pauses: Pauses,
): ((batch: readonly Settlement[], now: number) => readonly ('settled' | 'stale')[]) => {
  // Only a pending delivery has a token.
  const selectClaimed = db.prepare<[number, SqlText, string, SqlText], Pick<DeliveryRow, 'event' | 'lane' | 'claimState'>>(
    `SELECT d.event, d.lane, d.claim_state AS claimState FROM delivery d CROSS JOIN event e ON e.seq = d.event
     WHERE d.event = +? AND d.sink = +? AND d.token = +? AND e.id = +?`,
  )
  const retry = db.prepare(
    `UPDATE delivery SET token = NULL, claim_state = ${RELEASED_STATE_SQL}, due = ?, error = ? WHERE event = ? AND sink = ?`,
  )
  const release = db.prepare(
    `UPDATE delivery SET token = NULL, claim_state = ${RELEASED_STATE_SQL}, due = ?, attempts = attempts - 1 WHERE event = ? AND sink = ?`,
  )

  const settleOne = ({ sink, id, token, outcome }: Settlement, now: number): 'settled' | 'stale' => {
    const name = toSql(sink)
    const delivery = selectClaimed.get(eventSeqOf(token), name, token, toSql(id))
    if (delivery === undefined) return 'stale'
    const { event } = delivery
    if (outcome.type === 'retry') retry.run(Math.round(now + outcome.retryInMs), toSql(outcome.error), event, name)
    else if (outcome.type === 'released') release.run(now, event, name)
    else {
      const ending = outcome.type === 'dead' ? ({ state: 'dead', error: outcome.error } as const) : ({ state: 'delivered' } as const)
      deliveries.end({ ...delivery, sink, state: 'pending' }, ending, now)
      deliveries.finishEvent(event, outcome.type, now)
      if (outcome.type === 'dead' && outcome.pause) pauses.add(sink, outcome.error, now)
    }
    return 'settled'
  }

  return (batch, now) => runInTransaction('system', now, () => batch.map((settlement) => settleOne(settlement, now)))
}
