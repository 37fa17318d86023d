import type { Database } from 'better-sqlite3'
import { createReadCounter } from './counters.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

// NTP corrects a clock by less than this all the time.
const CLOCK_TOLERANCE_MS = 1_000

/**
 * Returns a function to be called before each request. Due times are stored as wall time, since they outlive the process. It repairs
 * them when the wall clock was set back.
 */
export const createClockRecovery = (db: Database, transactions: Transactions, sinks: Sinks): ((now: number) => void) => {
  let latestNow = createReadCounter(db)('clock')

  return (now) => {
    if (now < latestNow - CLOCK_TOLERANCE_MS) {
      const by = latestNow - now
      transactions.run('system', now, () => {
        for (const { rows, window } of sinks.all()) {
          rows.shift(by, now)
          window.shift(by, now)
        }
      })
      latestNow = now
    }
    latestNow = Math.max(latestNow, now)
  }
}
