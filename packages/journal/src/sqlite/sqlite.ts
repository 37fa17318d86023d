import { resolve } from 'node:path'
import { type Clock, DEFAULT_DEDUPE_WINDOW_MS, type Journal, systemClock } from '@callboard/core'
import { type Failpoint, leavesOutSync } from './failpoint.ts'
import { steady } from './monotonic-wall-clock.ts'
import { journalOf } from './sqlite-journal.ts'
import { startWriter } from './worker-client.ts'

/** Where the journal is, and how it behaves. */
export interface SqliteOptions {
  /** The database; `<path>-wal`, `<path>-shm`, `<path>.lock` and `<path>.reserve` lie beside it. Its directory is made where it is missing. */
  readonly path: string
  /** For how long two events of one identity are one event, in milliseconds; default 10 minutes. */
  readonly dedupeWindow?: number
  /** What time it is, for tests; default: the machine's. */
  readonly clock?: Clock
  /** What is to go wrong, for tests of durability; default nothing. */
  readonly failpoints?: readonly Failpoint[]
}

/**
 * A journal in one SQLite file, for one process. An append resolves once it is on the disk; it is written by a thread of its own.
 *
 * Rejects with JournalBusyError when somebody else owns the journal, JournalVersionError when a Callboard with other tables wrote it,
 * JournalOpenError when the system refuses the file or its directory, and JournalError `corrupt` when it is no database.
 */
export const sqlite = async ({
  path,
  dedupeWindow = DEFAULT_DEDUPE_WINDOW_MS,
  clock = systemClock,
  failpoints = [],
}: SqliteOptions): Promise<Journal> => {
  const file = resolve(path)
  const writer = await startWriter({ path: file, dedupeWindow, failpoints }, steady(clock))
  if (leavesOutSync(failpoints)) return { ...journalOf(writer, `SQLite, ${file} (NOT synced)`), durability: 'weak' }
  return journalOf(writer, `SQLite, ${file} (every commit is synced)`)
}
