import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { JournalBusyError } from '../errors.ts'
import { createFile } from './file-modes.ts'

// How long a second owner waits for a connection that only reads the row of the lock.
const LOCK_TIMEOUT_MS = 200

/** The exclusive right to write a journal. */
export interface Lock {
  readonly release: () => void
  /** Releases the lock and removes its file, if this lock created it. Only for a path where no process can have a journal. */
  readonly discard: () => void
}

// A garbage-collected connection closes its database, and would release the lock.
const openLocks = new Set<Database.Database>()

const readOwnerPid = (lock: Database.Database): number | undefined => {
  try {
    return lock.prepare<[], { pid: number }>('SELECT pid FROM owner').get()?.pid
  } catch {
    return undefined
  }
}

/**
 * Acquires the lock of the journal at `path`. The lock is an open transaction in a database beside the journal, so that the system
 * releases it whenever the process ends. Throws JournalBusyError when there is another owner, or an error of SQLite.
 */
export const acquireLock = (path: string): Lock => {
  const file = `${path}.lock`
  const isNew = createFile(file)
  const lock = new Database(file, { timeout: LOCK_TIMEOUT_MS })
  try {
    lock.exec(
      'PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL, since TEXT NOT NULL); DELETE FROM owner',
    )
    lock.prepare('INSERT INTO owner (pid, since) VALUES (?, ?)').run(process.pid, new Date().toISOString())
    lock.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
    const owner = isBusy ? readOwnerPid(lock) : undefined
    lock.close()
    throw isBusy ? new JournalBusyError(path, owner) : error
  }
  openLocks.add(lock)
  const release = () => {
    openLocks.delete(lock)
    lock.close()
  }
  return {
    release,
    discard: () => {
      release()
      if (isNew) rmSync(file, { force: true })
    },
  }
}
