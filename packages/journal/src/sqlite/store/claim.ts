import type { Claim, ClaimRequest, SinkPause, StoredEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import type { Pauses } from './pauses.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

/** A claim, with the body of its event beside it. */
export interface ClaimedDelivery extends Omit<Claim, 'event'> {
  readonly event: Omit<StoredEvent, 'raw'>
  readonly raw: Uint8Array
}
/** The result of a claim. `waitMs` and `paused` are those of ClaimResult. */
export interface ClaimBatch {
  readonly claimed: readonly ClaimedDelivery[]
  readonly waitMs?: number
  readonly paused?: SinkPause
}

/**
 * Claims due deliveries of one sink. The leases are committed before this returns: an event that kills the process has counted its
 * attempt.
 */
export const createClaim = (
  db: Database,
  transactions: Transactions,
  sinks: Sinks,
  pauses: Pauses,
): ((request: ClaimRequest, now: number) => ClaimBatch) => {
  const selectEvent = db.prepare<[number], EventColumns & { readonly raw: Buffer }>(
    `SELECT ${EVENT_COLUMNS}, e.raw FROM event e WHERE e.seq = ?`,
  )
  return ({ sink, ...request }, now) =>
    transactions.run('system', now, () => {
      const paused = pauses.find(sink)
      if (paused) return { claimed: [], paused }
      const { claims = [], ...rest } = sinks.get(sink)?.claim(request, now) ?? {}
      const claimed = claims.flatMap(({ position, ...claim }): ClaimedDelivery[] => {
        const columns = selectEvent.get(position)
        return columns ? [{ ...claim, event: toEvent(columns), raw: columns.raw }] : []
      })
      return { claimed, ...rest }
    })
}
