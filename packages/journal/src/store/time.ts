import type { Database } from 'better-sqlite3'
import { createReadTotal } from './ledger.ts'
import type { Write } from './transaction.ts'

/** No retry is further away than this: the longest pause of the default schedule, 24 h, its jitter, and an hour; milliseconds. */
export const LONGEST_WAIT = 24 * 3_600_000 * 1.2 + 3_600_000

// Clocks are also corrected a little, all the time.
const TOLERANCE = 1_000

/** Moments in the journal are wall time, because they outlive the process; this is what to do when wall time goes back. */
export interface Time {
  /** First thing: nothing is claimed any more, and what lies too far ahead is due. */
  readonly begin: (now: number) => void
  /** Before each call. */
  readonly tell: (now: number) => void
}

export const createTime = (db: Database, write: Write): Time => {
  // What was due in so many milliseconds still is.
  const shift = db.prepare("UPDATE delivery SET due = due - ? WHERE state = 'pending' AND due > ?")
  const release = db.prepare("UPDATE delivery SET token = NULL, due = ? WHERE state = 'pending' AND token IS NOT NULL")
  const pullIn = db.prepare("UPDATE delivery SET due = ? WHERE state = 'pending' AND due > ?")
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
      write('system', now, () => {
        release.run(now)
        pullIn.run(now, now + LONGEST_WAIT)
      })
    },
  }
}
