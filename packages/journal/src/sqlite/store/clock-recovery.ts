import type { Database } from 'better-sqlite3'
import { BLOCKED, type ClaimState, LEASED, LEASED_BLOCKED, READY, RELEASED_STATE_SQL } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import { createReadCounter, createReadDeliveryCounts } from './counters.ts'
import type { RunInTransaction } from './transaction.ts'

// NTP corrects a clock by less than this all the time.
const CLOCK_TOLERANCE_MS = 1_000

/** Due times are stored as wall time, since they outlive the process. This repairs them when the wall clock was set back. */
export interface ClockRecovery {
  /** To be called once, when the journal is opened. Releases the leases of the previous owner, and repairs due times. */
  readonly recover: (now: number) => void
  /** To be called before each request. Repairs due times. */
  readonly observe: (now: number) => void
}

/** The statements that repair due times. Their cost depends on the pending deliveries only. Exported for the tests of their query plans. */
export const CLOCK_RECOVERY_SQL = {
  // A delivery that was due in n milliseconds is still due in n milliseconds.
  shift: `UPDATE delivery INDEXED BY delivery_pending SET due = due - @by
    WHERE sink = @sink AND state = 'pending' AND claim_state = @claimState AND due > @now`,
  release: `UPDATE delivery INDEXED BY delivery_pending SET token = NULL, due = @now, claim_state = ${RELEASED_STATE_SQL}
    WHERE sink = @sink AND state = 'pending' AND claim_state = @claimState`,
}

export const createClockRecovery = (db: Database, runInTransaction: RunInTransaction): ClockRecovery => {
  const shift = db.prepare<{ by: number; sink: SqlText; claimState: ClaimState; now: number }>(CLOCK_RECOVERY_SQL.shift)
  const release = db.prepare<{ now: number; sink: SqlText; claimState: ClaimState }>(CLOCK_RECOVERY_SQL.release)
  const readDeliveryCounts = createReadDeliveryCounts(db)
  let latestNow = createReadCounter(db)('clock')

  const sinksWithPending = (): readonly SqlText[] =>
    readDeliveryCounts()
      .filter(({ state, count }) => state === 'pending' && count > 0)
      .map(({ sink }) => toSql(sink))

  const shiftDueTimes = (by: number, now: number) => {
    for (const sink of sinksWithPending()) {
      for (const claimState of [BLOCKED, READY, LEASED_BLOCKED, LEASED]) shift.run({ by, sink, claimState, now })
    }
  }

  const releaseLeases = (now: number) => {
    for (const sink of sinksWithPending()) for (const claimState of [LEASED_BLOCKED, LEASED]) release.run({ now, sink, claimState })
  }

  const observe = (now: number) => {
    if (now < latestNow - CLOCK_TOLERANCE_MS) {
      const by = latestNow - now
      runInTransaction('system', now, () => shiftDueTimes(by, now))
      latestNow = now
    }
    latestNow = Math.max(latestNow, now)
  }

  return {
    observe,
    recover: (now) => {
      observe(now)
      runInTransaction('system', now, () => releaseLeases(now))
    },
  }
}
