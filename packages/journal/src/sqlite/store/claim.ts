import type { Claim, ClaimRequest, SinkPause, StoredEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import { BLOCKED, type ClaimState, LEASED, LEASED_BLOCKED, LEASED_STATE_SQL, READY } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Pauses } from './pauses.ts'
import type { RunInTransaction } from './transaction.ts'

interface Candidate extends EventColumns {
  readonly raw: Buffer
  readonly due: number
  readonly lane_seq: number
  readonly attempts: number
  readonly replay: number
}

// A leased delivery is due, and a candidate again, when its lease is over.
const candidatesSql = (condition: string): string =>
  `SELECT ${EVENT_COLUMNS}, b.raw, d.due, d.lane_seq, d.attempts, d.replay
   FROM delivery d INDEXED BY delivery_pending CROSS JOIN event e ON e.seq = d.event CROSS JOIN body b ON b.event = d.event
   WHERE d.sink = @sink AND d.state = 'pending' AND d.claim_state = @claimState AND d.due <= @now ${condition}
   ORDER BY d.due, d.lane_seq LIMIT @limit`

// A claim without order may have leased a later delivery of the lane.
const LANE_IS_FREE = `AND NOT EXISTS (
  SELECT 1 FROM delivery other INDEXED BY delivery_pending
  WHERE other.sink = d.sink AND other.state = 'pending' AND other.claim_state = ${LEASED_BLOCKED} AND other.due > @now AND other.lane = d.lane)`

/** Selects the candidates for a claim, in order of their lanes or in any order. Exported for the tests of its query plan. */
export const CANDIDATES_SQL = { inOrder: candidatesSql(LANE_IS_FREE), any: candidatesSql('') }

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

/** Claims due deliveries of one sink. The cost depends on the number of claimed deliveries, not on the number of pending ones. */
export const createClaim = (
  db: Database,
  runInTransaction: RunInTransaction,
  newToken: (event: number) => string,
  pauses: Pauses,
): ((request: ClaimRequest, now: number) => ClaimBatch) => {
  type CandidateQuery = { sink: SqlText; claimState: ClaimState; now: number; limit: number }
  const inOrder = db.prepare<CandidateQuery, Candidate>(CANDIDATES_SQL.inOrder)
  const any = db.prepare<CandidateQuery, Candidate>(CANDIDATES_SQL.any)
  const lease = db.prepare(
    `UPDATE delivery SET token = ?, due = ?, attempts = attempts + 1, claim_state = ${LEASED_STATE_SQL} WHERE event = ? AND sink = ?`,
  )
  const nextDue = db
    .prepare<[SqlText, ClaimState, number], number | null>(
      "SELECT min(due) FROM delivery INDEXED BY delivery_pending WHERE sink = ? AND state = 'pending' AND claim_state = ? AND due > ?",
    )
    .pluck()

  /** Returns candidates that were never leased, and those whose lease is over, earliest first. */
  const select = (
    statement: typeof any,
    states: readonly [ClaimState, ClaimState],
    sink: SqlText,
    now: number,
    limit: number,
  ): readonly Candidate[] => {
    const [unleased, expired] = states.map((claimState) => statement.all({ sink, claimState, now, limit }))
    if (unleased === undefined || expired === undefined || expired.length === 0) return unleased ?? []
    return [...unleased, ...expired].sort((a, b) => a.due - b.due || a.lane_seq - b.lane_seq).slice(0, limit)
  }

  const candidates = (ordered: boolean, sink: SqlText, now: number, limit: number): readonly Candidate[] => {
    if (ordered) return select(inOrder, [READY, LEASED], sink, now, limit)
    const first = select(any, [READY, LEASED], sink, now, limit)
    return first.length === limit ? first : [...first, ...select(any, [BLOCKED, LEASED_BLOCKED], sink, now, limit - first.length)]
  }

  const waitMsFrom = (ordered: boolean, sink: SqlText, now: number): number | undefined => {
    const states = ordered ? [READY, LEASED_BLOCKED, LEASED] : [BLOCKED, READY, LEASED_BLOCKED, LEASED]
    const dueTimes = states.map((claimState) => nextDue.get(sink, claimState, now)).filter((due) => typeof due === 'number')
    return dueTimes.length === 0 ? undefined : Math.min(...dueTimes) - now
  }

  return ({ sink, max, leaseMs, ordered }, now) =>
    runInTransaction('system', now, () => {
      const paused = pauses.find(sink)
      if (paused) return { claimed: [], paused }
      const name = toSql(sink)
      const found = candidates(ordered, name, now, max + 1)
      const claimed = found.slice(0, max).map((candidate): ClaimedDelivery => {
        const { seq, raw, attempts, replay } = candidate
        const token = newToken(seq)
        lease.run(token, Math.round(now + leaseMs), seq, name)
        return { token, event: toEvent(candidate), raw, attempt: attempts + 1, replay: replay === 1 }
      })
      const waitMs = found.length > max ? 0 : waitMsFrom(ordered, name, now)
      return { claimed, ...(waitMs !== undefined && { waitMs }) }
    })
}
