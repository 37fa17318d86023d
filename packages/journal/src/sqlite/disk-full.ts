import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { checkpoint, truncateWal } from './checkpoint.ts'
import type { ReserveFile } from './reserve-file.ts'
import { StoreError, storeErrorOf } from './store-error.ts'

// The checkpoint size while the disk is full. A small WAL reuses its own space.
const FULL_DISK_CHECKPOINT_BYTES = 2 ** 18
// Asking how much waits in the WAL takes as long as an append. While the disk is not full it is asked once in this many batches.
const CHECK_EVERY_N_BATCHES = 16

/**
 * Keeps the journal working on a full disk. When a write fails with `full`, it deletes the reserve file and checkpoints the WAL
 * into the freed space. It turns the rest of that space into free pages of the database, which no other program can take.
 *
 * Claims, settlements, replays, discards and prunes continue with the WAL's own space and these pages. Appends fail with `full`,
 * unless the database has more free pages than that. They succeed again when the disk has space for the reserve file.
 */
export interface DiskFullHandler {
  /** Runs work that may fail with `full`. `neededBytes`: what it adds to the database; 0 when it stores no event. */
  readonly run: <Result>(neededBytes: number, work: () => Result) => Result
  /** Checkpoints the WAL and creates a missing reserve file. To be called between two batches. Throws StoreError `corrupt`. */
  readonly maintain: () => void
}

/** `wasFull`: the database could not be opened for lack of space, and the reserve file is already deleted. */
export const createDiskFullHandler = (db: Database, reserveFile: ReserveFile, wasFull: boolean): DiskFullHandler => {
  const checkpointBytes = Math.max(FULL_DISK_CHECKPOINT_BYTES, (reserveFile.bytes * 2) / 3)
  const preallocatedBytes = Math.floor(reserveFile.bytes / 8)
  const insertFiller = db.prepare('INSERT INTO filler (raw) VALUES (zeroblob(?))')
  const removeFiller = db.prepare('DELETE FROM filler')
  let isFull = false
  let batches = 0

  const freePageBytes = () => Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))

  const ignoreUnlessCorrupt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      // The next append reports a full disk. A failed fsync is reported only here.
      const failure = storeErrorOf(error, true)
      if (failure.code === 'corrupt') throw failure
    }
  }

  /** Writes pages and frees them again. Only pages that were written have space on the disk. */
  const preallocatePages = () => {
    if (freePageBytes() >= preallocatedBytes) return
    insertFiller.run(preallocatedBytes)
    checkpoint(db, 0)
    removeFiller.run()
    checkpoint(db, 0)
  }

  const releaseReserve = () => {
    isFull = true
    reserveFile.remove()
    ignoreUnlessCorrupt(() => checkpoint(db, 0))
    ignoreUnlessCorrupt(preallocatePages)
  }

  const recover = () => {
    const walBytes = statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (reserveFile.freeBytes() + walBytes < 2 * reserveFile.bytes) return
    if (reserveFile.freeBytes() < 2 * reserveFile.bytes) ignoreUnlessCorrupt(() => truncateWal(db))
    isFull = !reserveFile.ensure()
  }

  // An owner that ended inside `preallocatePages` left this row.
  ignoreUnlessCorrupt(() => removeFiller.run())
  if (wasFull) releaseReserve()
  else reserveFile.ensure()

  return {
    run: (neededBytes, work) => {
      if (isFull && neededBytes > 0) {
        recover()
        if (isFull && Math.max(neededBytes, preallocatedBytes) > freePageBytes() - preallocatedBytes) {
          throw new StoreError('full', 'cannot store events: the disk is full; free some space, or prune the journal', undefined)
        }
      }
      try {
        return work()
      } catch (error) {
        if (isFull || !(error instanceof StoreError && error.code === 'full')) throw error
        releaseReserve()
        if (neededBytes > 0) throw error
        return work()
      }
    },
    maintain: () => {
      batches += 1
      if (!isFull && batches % CHECK_EVERY_N_BATCHES !== 0) return
      ignoreUnlessCorrupt(() => checkpoint(db, isFull ? FULL_DISK_CHECKPOINT_BYTES : checkpointBytes))
      if (isFull) recover()
    },
  }
}
