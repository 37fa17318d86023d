import type { Settlement } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Deliveries, Standing } from './deliveries.ts'
import { eventOf } from './lease-tokens.ts'
import type { Write } from './transaction.ts'

/** Writes down how attempts ended, where the claim is still the latest. */
export const createSettle = (
  db: Database,
  write: Write,
  deliveries: Deliveries,
): ((batch: readonly Settlement[], now: number) => readonly ('settled' | 'stale')[]) => {
  // A token is gone as soon as the delivery ends, so whoever has one is pending.
  const claimed = db.prepare<[number, SqlText, string, SqlText], Pick<Standing, 'event' | 'lane' | 'head'>>(
    `SELECT d.event, d.lane, d.head FROM delivery d CROSS JOIN event e ON e.position = d.event
     WHERE d.event = +? AND d.sink = +? AND d.token = +? AND e.id = +?`,
  )
  const retry = db.prepare('UPDATE delivery SET token = NULL, head = head - 2, due = ?, error = ? WHERE event = ? AND sink = ?')
  const release = db.prepare(
    'UPDATE delivery SET token = NULL, head = head - 2, due = ?, attempts = attempts - 1 WHERE event = ? AND sink = ?',
  )

  const settleOne = ({ sink, id, token, outcome }: Settlement, now: number): 'settled' | 'stale' => {
    const name = toSql(sink)
    const standing = claimed.get(eventOf(token), name, token, toSql(id))
    if (standing === undefined) return 'stale'
    const { event } = standing
    if (outcome.type === 'retry') retry.run(Math.round(now + outcome.retryInMs), toSql(outcome.error), event, name)
    else if (outcome.type === 'released') release.run(now, event, name)
    else {
      deliveries.end({ ...standing, sink, state: 'pending' }, outcome.type, outcome.type === 'dead' ? outcome.error : null, now)
      deliveries.rest(event, outcome.type, now)
    }
    return 'settled'
  }

  return (batch, now) => write('system', now, () => batch.map((settlement) => settleOne(settlement, now)))
}
