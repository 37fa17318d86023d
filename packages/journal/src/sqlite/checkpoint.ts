import type { Database } from 'better-sqlite3'

const PAGE_BYTES = 4096

/** The default number of bytes that may wait in the WAL until a checkpoint moves them: 16 MiB. */
export const DEFAULT_CHECKPOINT_BYTES = 2 ** 24

// A WAL of this size (64 MiB) is truncated. Only a slow reader lets it grow that far.
const MAX_WAL_PAGES = 16_384
// How long a truncating checkpoint waits for readers. The owner writes nothing meanwhile.
const TRUNCATE_TIMEOUT_MS = 20

/** Numbers of pages in the WAL. */
interface CheckpointResult {
  readonly log: number
  readonly checkpointed: number
}

const runCheckpoint = (db: Database, mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): CheckpointResult => {
  // The driver does not know the columns of a pragma. The one row of this one has these two.
  const [result] = db.pragma(`wal_checkpoint(${mode})`) as readonly CheckpointResult[]
  return result ?? { log: 0, checkpointed: 0 }
}

/** Moves the whole WAL into the database and truncates it, unless a reader still needs it. */
export const truncateWal = (db: Database): void => {
  const previousTimeout = Number(db.pragma('busy_timeout', { simple: true }))
  db.pragma(`busy_timeout = ${TRUNCATE_TIMEOUT_MS}`)
  try {
    runCheckpoint(db, 'TRUNCATE')
  } finally {
    db.pragma(`busy_timeout = ${previousTimeout}`)
  }
}

/**
 * Moves committed pages from the WAL into the database when `maxBytes` of them wait. The owner calls it between two batches:
 * `wal_autocheckpoint` would do it inside a commit, which a caller waits for.
 */
export const checkpoint = (db: Database, maxBytes: number = DEFAULT_CHECKPOINT_BYTES): void => {
  const { log, checkpointed } = runCheckpoint(db, 'NOOP')
  const isLarge = log >= MAX_WAL_PAGES
  if (!isLarge && (log - checkpointed) * PAGE_BYTES < maxBytes) return
  const moved = runCheckpoint(db, 'PASSIVE')
  // A reader that still needs the rest would make the truncation wait for nothing.
  if (isLarge && moved.checkpointed === moved.log) truncateWal(db)
}
