import type { JournalErrorCode } from '@callboard/core'
import Database from 'better-sqlite3'

/** What becomes a JournalError outside of the worker, which does without the weight of core. */
export class StoreError extends Error {
  readonly code: JournalErrorCode
  constructor(why: JournalErrorCode, message: string, cause: unknown) {
    super(message, { cause })
    this.code = why
  }
}

const codeOf = (error: unknown): string => (error instanceof Database.SqliteError ? error.code : '')

/** Was it this one row that SQLite or its driver refused, for good? Everything else may pass and is tried again. */
export const isRefusal = (error: unknown): boolean =>
  /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/.test(codeOf(error)) || error instanceof TypeError || error instanceof RangeError

// After a failed fsync nobody knows what is on the disk, and a second fsync may well succeed without having written it.
const reasonOf = (code: string, committing: boolean): JournalErrorCode => {
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_FSYNC|IOERR_DIR_FSYNC)/.test(code)) return 'corrupt'
  // The index of the WAL lies in a file, too, which has no room to grow: what was committed last has been rolled back.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return 'full'
  return committing && code.startsWith('SQLITE_IOERR') ? 'corrupt' : 'down'
}

/** What a failure of SQLite means to the caller; `committing` when it was the COMMIT that failed. */
export const storeErrorOf = (error: unknown, committing = false): StoreError => {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(reasonOf(code, committing), code === '' ? message : `${code}: ${message}`, error)
}
