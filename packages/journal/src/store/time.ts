import type { Database } from 'better-sqlite3'
import { createReadTotal } from './ledger.ts'
import type { Write } from './transaction.ts'

// Clocks are also corrected a little, all the time.
const TOLERANCE = 1_000

/** Moments in the journal are wall time, because they outlive the process; this is what to do when wall time goes back. */
export interface Time {
  /** First thing: nothing is claimed any more. */
  readonly begin: (now: number) => void
  /** Before each call. */
  readonly tell: (now: number) => void
}

/** Ends all claims, for tests that look at how SQLite finds them. */
export const RELEASE = 'UPDATE delivery INDEXED BY delivery_claimed SET token = NULL, due = ? WHERE token IS NOT NULL'

export const createTime = (db: Database, write: Write): Time => {
  // What was due in so many milliseconds still is.
  const shift = db.prepare("UPDATE delivery SET due = due - ? WHERE state = 'pending' AND due > ?")
  const release = db.prepare(RELEASE)
  let latest = createReadTotal(db)('clock')

  const tell = (now: number) => {
    if (now < latest - TOLERANCE) {
      write('system', now, () => shift.run(latest - now, now))
      latest = now
    }
    latest = Math.max(latest, now)
  }

  return {
    tell,
    begin: (now) => {
      tell(now)
      write('system', now, () => release.run(now))
    },
  }
}
