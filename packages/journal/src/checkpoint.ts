import type { Database } from 'better-sqlite3'

// In pages of 4 KiB. Little is left in the WAL for a reader to search; a WAL that a slow reader let grow is cut again.
const REGULAR = 4000
const LARGE = 16_384
// How long a checkpoint that cuts the WAL waits for readers, in milliseconds: nothing is written meanwhile.
const PATIENCE = 20

interface Progress {
  readonly log: number
  readonly checkpointed: number
}

const run = (db: Database, mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): Progress => {
  // The one row of this pragma has these two columns, among others; the driver cannot know.
  const [progress] = db.pragma(`wal_checkpoint(${mode})`) as readonly Progress[]
  return progress ?? { log: 0, checkpointed: 0 }
}

/** Moves what it can from the WAL into the database, so that the WAL is written anew from its beginning and grows no further. */
export const empty = (db: Database): void => {
  try {
    run(db, 'PASSIVE')
  } catch {
    // There is not even room for that; what could be moved was.
  }
}

/**
 * Moves what has been committed from the WAL into the database, when it is time. The owner calls it between two batches, since
 * with `wal_autocheckpoint` it would happen inside of a commit that somebody waits for.
 */
export const checkpoint = (db: Database): void => {
  const { log, checkpointed } = run(db, 'NOOP')
  if (log - checkpointed >= REGULAR) run(db, 'PASSIVE')
  if (log < LARGE) return
  const patience = Number(db.pragma('busy_timeout', { simple: true }))
  db.pragma(`busy_timeout = ${PATIENCE}`)
  run(db, 'TRUNCATE')
  db.pragma(`busy_timeout = ${patience}`)
}
