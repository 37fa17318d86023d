import type { Database } from 'better-sqlite3'
import { storeErrorOf } from '../store-error.ts'
import type { Ledger } from './counters.ts'

/**
 * What a commit waits for. `disk`: the WAL has been synced, and everything before it. `system`: it has been written; it survives
 * the end of the process and may be lost in a power cut.
 */
export type Safety = 'disk' | 'system'

/**
 * Runs `work` in one transaction, or in the one that runs already. Throws StoreError, after which nothing of it was kept,
 * unless it says `corrupt`.
 */
export type Write = <Result>(safety: Safety, now: number, work: () => Result) => Result

/** Transactions on the owner's connection, which was opened with synchronous = FULL. */
export const createWrite = (db: Database, ledger: Ledger, withoutSync = false): Write => {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let current: Safety = 'disk'

  return (safety, now, work) => {
    if (db.inTransaction) return work()
    if (safety !== current) {
      // It takes effect when it is prepared, so that a statement that is kept would do nothing.
      db.exec(`PRAGMA synchronous = ${safety === 'disk' && !withoutSync ? 'FULL' : 'NORMAL'}`)
      current = safety
    }
    let committing = false
    try {
      begin.run()
      const result = work()
      ledger.save(now)
      committing = true
      commit.run()
      return result
    } catch (error) {
      ledger.forget()
      // SQLite has rolled back by itself after the worst errors.
      if (db.inTransaction) rollback.run()
      throw storeErrorOf(error, committing)
    }
  }
}
