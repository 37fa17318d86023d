import Database from 'better-sqlite3'
import { JournalBusyError } from '../errors.ts'

// A second owner waits so long for somebody who merely reads the lock's row, in milliseconds.
const PATIENCE = 200

/** The sole right to write a journal. */
export interface Lock {
  readonly release: () => void
}

// A handle that is garbage-collected closes its database, and with it drops the lock.
const held = new Set<Database.Database>()

/** Whose row is in the lock's file; undefined where there is none. */
const ownerIn = (lock: Database.Database): number | undefined => {
  try {
    return lock.prepare<[], { pid: number }>('SELECT pid FROM owner').get()?.pid
  } catch {
    return undefined
  }
}

/**
 * Takes the lock of the journal at `path`: an open transaction in a database beside it, so that the system drops it with the
 * process, however that ends. Throws JournalBusyError when somebody has it, and what SQLite throws when it cannot be made.
 */
export const takeLock = (path: string): Lock => {
  const lock = new Database(`${path}.lock`, { timeout: PATIENCE })
  try {
    lock.exec(
      'PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL, since TEXT NOT NULL); DELETE FROM owner',
    )
    lock.prepare('INSERT INTO owner (pid, since) VALUES (?, ?)').run(process.pid, new Date().toISOString())
    lock.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
    const owner = isBusy ? ownerIn(lock) : undefined
    lock.close()
    throw isBusy ? new JournalBusyError(path, owner) : error
  }
  held.add(lock)
  return {
    release: () => {
      held.delete(lock)
      lock.close()
    },
  }
}
