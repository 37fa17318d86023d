import type { JournalErrorCode } from '@callboard/core'
import Database from 'better-sqlite3'
import { errorMessage } from '../util/errors.ts'

/** An error of the store. It becomes a JournalError outside of the worker thread, which does not load @callboard/core. */
export class StoreError extends Error {
  readonly code: JournalErrorCode
  constructor(code: JournalErrorCode, message: string, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const sqliteCodeOf = (error: unknown): string => (error instanceof Database.SqliteError ? error.code : '')

/** True when SQLite or its driver refused one row for good. Any other error may pass, and the caller tries again. */
export const isRowError = (error: unknown): boolean =>
  /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/.test(sqliteCodeOf(error)) || error instanceof TypeError || error instanceof RangeError

const journalErrorCodeOf = (code: string, committing: boolean): JournalErrorCode => {
  // After a failed fsync the content of the disk is unknown. A second fsync may succeed without having written it.
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_FSYNC|IOERR_DIR_FSYNC)/.test(code)) return 'corrupt'
  // The index of the WAL is a file, too. When it cannot grow, SQLite has rolled the commit back.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return 'full'
  return committing && code.startsWith('SQLITE_IOERR') ? 'corrupt' : 'down'
}

/** Returns the error for a file that SQLite cannot read at all. */
export const notADatabase = (path: string, cause?: unknown): StoreError =>
  new StoreError('corrupt', `cannot open the journal ${path}: SQLITE_NOTADB, the file is not a database; name another file`, cause)

/** Returns the StoreError for an error of SQLite. `committing`: the COMMIT failed. */
export const storeErrorOf = (error: unknown, committing = false): StoreError => {
  if (error instanceof StoreError) return error
  const code = sqliteCodeOf(error)
  const message = errorMessage(error)
  return new StoreError(journalErrorCodeOf(code, committing), code === '' ? message : `${code}: ${message}`, error)
}
