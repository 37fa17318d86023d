import type { Database } from 'better-sqlite3'

// In pages of 4 KiB. Little is left in the WAL for a reader to search; a WAL that a slow reader let grow is cut again.
const LARGE = 16_384
// How long a checkpoint that cuts the WAL waits for readers, in milliseconds: nothing is written meanwhile.
const PATIENCE = 20

/** So many bytes may wait in the WAL before they are moved, where the disk is not small. */
export const REGULAR = 2 ** 24

const PAGE = 4096

interface Progress {
  readonly log: number
  readonly checkpointed: number
}

const run = (db: Database, mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): Progress => {
  // The one row of this pragma has these two columns, among others; the driver cannot know.
  const [progress] = db.pragma(`wal_checkpoint(${mode})`) as readonly Progress[]
  return progress ?? { log: 0, checkpointed: 0 }
}

/** Moves all of the WAL into the database and makes it empty, unless a reader still needs it. */
export const cut = (db: Database): void => {
  const patience = Number(db.pragma('busy_timeout', { simple: true }))
  db.pragma(`busy_timeout = ${PATIENCE}`)
  try {
    run(db, 'TRUNCATE')
  } finally {
    db.pragma(`busy_timeout = ${patience}`)
  }
}

/**
 * Moves what has been committed from the WAL into the database, when `most` bytes of it wait. The owner calls it between two
 * batches, since with `wal_autocheckpoint` it would happen inside of a commit that somebody waits for.
 */
export const checkpoint = (db: Database, most: number = REGULAR): void => {
  const { log, checkpointed } = run(db, 'NOOP')
  const isLarge = log >= LARGE
  if (!isLarge && (log - checkpointed) * PAGE < most) return
  const moved = run(db, 'PASSIVE')
  // Whoever reads from an older moment keeps the rest, and would be waited for in vain.
  if (isLarge && moved.checkpointed === moved.log) cut(db)
}
