import { resolve } from 'node:path'
import { type Clock, DEFAULT_DEDUPE_WINDOW_MS, type Journal, systemClock } from '@callboard/core'
import { type Failpoint, skipsSync } from './failpoint.ts'
import { monotonicWallClock } from './monotonic-wall-clock.ts'
import { createSqliteJournal } from './sqlite-journal.ts'
import { DEFAULT_OPEN_TIMEOUT_MS, startWorker } from './worker-client.ts'

/** The options of `sqlite`. */
export interface SqliteOptions {
  /** The database file. `<path>-wal`, `<path>-shm`, `<path>.lock` and `<path>.reserve` are beside it, at its real path. A missing directory is created. */
  readonly path: string
  /** Two events with the same dedupe key within this time are one event. In milliseconds; default 10 minutes. */
  readonly dedupeWindow?: number
  /** How long the file system may take until the lock is held, in milliseconds; default 10 seconds. */
  readonly openTimeoutMs?: number
  /** The clock, for tests; default: the clock of the machine. */
  readonly clock?: Clock
  /** Failures to inject, for tests of durability; default: none. */
  readonly failpoints?: readonly Failpoint[]
}

/**
 * Opens a journal in one SQLite file, for one process. A thread of its own writes it. An append resolves once the events are on
 * the disk. New files get mode 0640, new directories 0750.
 *
 * Rejects with JournalBusyError when another process has the journal open, with JournalVersionError when a Callboard with other
 * tables wrote it, with JournalOpenError when the system refuses the file or its directory, and with JournalError
 * (`code: 'corrupt'`) when the file is not a database.
 */
export const sqlite = async ({
  path,
  dedupeWindow = DEFAULT_DEDUPE_WINDOW_MS,
  openTimeoutMs = DEFAULT_OPEN_TIMEOUT_MS,
  clock = systemClock,
  failpoints = [],
}: SqliteOptions): Promise<Journal> => {
  const file = resolve(path)
  const worker = await startWorker({ path: file, dedupeWindow, failpoints }, monotonicWallClock(clock), undefined, openTimeoutMs)
  const journal = createSqliteJournal(worker, `SQLite, ${file}`)
  return skipsSync(failpoints) ? { ...journal, durability: 'weak' } : journal
}
