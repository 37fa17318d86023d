import type { Database } from 'better-sqlite3'
import { storeErrorOf } from '../store-error.ts'
import type { Counters } from './counters.ts'

/**
 * The durability of a commit. `disk`: the WAL is synced, with all commits before. `system`: the WAL is written. The commit then
 * survives the end of the process, and a power cut may undo it.
 */
export type SyncMode = 'disk' | 'system'

/**
 * Runs `work` in one transaction, or in the transaction that is open already. Throws StoreError. The transaction is rolled back
 * then, unless the code is `corrupt`.
 */
export type RunInTransaction = <Result>(syncMode: SyncMode, now: number, work: () => Result) => Result

/** Creates RunInTransaction for the owner's connection, which was opened with synchronous = FULL. */
export const createRunInTransaction = (db: Database, counters: Counters, skipSync = false): RunInTransaction => {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let current: SyncMode = 'disk'

  return (syncMode, now, work) => {
    if (db.inTransaction) return work()
    if (syncMode !== current) {
      // This pragma takes effect when it is prepared. A prepared statement that is kept would do nothing.
      db.exec(`PRAGMA synchronous = ${syncMode === 'disk' && !skipSync ? 'FULL' : 'NORMAL'}`)
      current = syncMode
    }
    let committing = false
    try {
      begin.run()
      const result = work()
      counters.save(now)
      committing = true
      commit.run()
      return result
    } catch (error) {
      counters.reset()
      // After the worst errors SQLite has rolled back by itself.
      if (db.inTransaction) rollback.run()
      throw storeErrorOf(error, committing)
    }
  }
}
