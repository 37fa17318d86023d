import type { Database } from 'better-sqlite3'
import { type SqlText, toSql } from '../sql-text.ts'
import { createReadTally, createReadTotal } from './counters.ts'
import type { Write } from './transaction.ts'

// Clocks are also corrected a little, all the time.
const TOLERANCE = 1_000

/** Moments in the journal are wall time, because they outlive the process; this is what to do when wall time goes back. */
export interface Time {
  /** First thing: nothing is claimed any more, and a clock that was put back meanwhile makes nobody wait for longer. */
  readonly begin: (now: number) => void
  /** Before each call. */
  readonly tell: (now: number) => void
}

/** How deliveries are found when a journal is opened, however many are pending; for tests that look at how SQLite does it. */
export const MOMENTS = {
  // What was due in so many milliseconds still is.
  shift: `UPDATE delivery INDEXED BY delivery_open SET due = due - @by WHERE sink = @sink AND state = 'pending' AND head = @head AND due > @now`,
  release: `UPDATE delivery INDEXED BY delivery_open SET token = NULL, due = @now, head = head - 2 WHERE sink = @sink AND state = 'pending' AND head = @head`,
}

export const createTime = (db: Database, write: Write): Time => {
  const shift = db.prepare<{ by: number; sink: SqlText; head: 0 | 1 | 2 | 3; now: number }>(MOMENTS.shift)
  const release = db.prepare<{ now: number; sink: SqlText; head: 2 | 3 }>(MOMENTS.release)
  const readTally = createReadTally(db)
  let latest = createReadTotal(db)('clock')

  const waitedFor = (): readonly SqlText[] =>
    readTally()
      .filter(({ state, count }) => state === 'pending' && count > 0)
      .map(({ sink }) => toSql(sink))

  const shiftAll = (by: number, now: number) => {
    for (const sink of waitedFor()) for (const head of [0, 1, 2, 3] as const) shift.run({ by, sink, head, now })
  }

  const releaseAll = (now: number) => {
    for (const sink of waitedFor()) for (const head of [2, 3] as const) release.run({ now, sink, head })
  }

  const tell = (now: number) => {
    if (now < latest - TOLERANCE) {
      const by = latest - now
      write('system', now, () => shiftAll(by, now))
      latest = now
    }
    latest = Math.max(latest, now)
  }

  return {
    tell,
    begin: (now) => {
      tell(now)
      write('system', now, () => releaseAll(now))
    },
  }
}
