import type { Database } from 'better-sqlite3'
import { storeErrorOf } from '../store-error.ts'

/**
 * The durability of a commit. `disk`: the WAL is synced, with all commits before. `system`: the WAL is written. The commit then
 * survives the end of the process, and a power cut may undo it.
 */
export type SyncMode = 'disk' | 'system'

/** The transactions of the owner's connection. */
export interface Transactions {
  /**
   * Runs `work` in one transaction, or in the transaction that is open already. Throws StoreError. The transaction is rolled back
   * then, unless the code is `corrupt`.
   */
  readonly run: <Result>(syncMode: SyncMode, now: number, work: () => Result) => Result
  /** The time of the open transaction. */
  readonly now: () => number
  /** Notes how to reverse a change in memory, in case the open transaction is rolled back. Without a transaction it does nothing. */
  readonly onRollback: (undo: () => void) => void
  /** Runs `write` at the end of each transaction. */
  readonly beforeCommit: (write: (now: number) => void) => void
}

/** Creates the transactions of a connection that was opened with synchronous = FULL. */
export const createTransactions = (db: Database, skipSync = false): Transactions => {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const writes: ((now: number) => void)[] = []
  let undos: (() => void)[] = []
  let isOpen = false
  let current: SyncMode = 'disk'
  let startedAt = 0

  return {
    run: (syncMode, now, work) => {
      if (isOpen) return work()
      if (syncMode !== current) {
        // This pragma takes effect when it is prepared. A prepared statement that is kept would do nothing.
        db.exec(`PRAGMA synchronous = ${syncMode === 'disk' && !skipSync ? 'FULL' : 'NORMAL'}`)
        current = syncMode
      }
      let committing = false
      try {
        begin.run()
        isOpen = true
        startedAt = now
        const result = work()
        for (const write of writes) write(now)
        committing = true
        commit.run()
        return result
      } catch (error) {
        for (const undo of undos.toReversed()) undo()
        // After the worst errors SQLite has rolled back by itself.
        if (db.inTransaction) rollback.run()
        throw storeErrorOf(error, committing)
      } finally {
        isOpen = false
        undos = []
      }
    },
    now: () => startedAt,
    onRollback: (undo) => {
      if (isOpen) undos.push(undo)
    },
    beforeCommit: (write) => {
      writes.push(write)
    },
  }
}
