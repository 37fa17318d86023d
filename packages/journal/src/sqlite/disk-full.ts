import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { checkpoint, cut } from './checkpoint.ts'
import type { Ballast } from './reserve-file.ts'
import { StoreError, storeErrorOf } from './store-error.ts'

// So many bytes may wait in the WAL while the disk is full: the room that it has is used over and over again.
const EAGER = 2 ** 18
// To ask how much waits takes as long as an append: where the disk is not full, it is asked once in so many times.
const SELDOM = 16

/**
 * Keeps a journal going whose disk is full. The room of the ballast lets all of the WAL be moved into the database once more, and
 * the rest of it becomes free pages inside of the database, where no other program can take it. From then on the WAL's own room
 * and these pages are for claims, settlements and what operators do; appends are refused, unless more than that is free, until
 * there is room for the ballast again.
 */
export interface Reserve {
  /** Does something that may fail with `full`; `needs`: the bytes that it adds to the database, 0 where it takes no event. */
  readonly run: <Result>(needs: number, work: () => Result) => Result
  /** Between two batches: moves the WAL, and makes the ballast where it is missing. Throws StoreError `corrupt`. */
  readonly tidy: () => void
}

/** `wasFull`: there was no room to open the database, and the ballast is gone already. */
export const createReserve = (db: Database, ballast: Ballast, wasFull: boolean): Reserve => {
  const regular = Math.max(EAGER, (ballast.bytes * 2) / 3)
  const kept = Math.floor(ballast.bytes / 8)
  const insert = db.prepare('INSERT INTO body (event, raw) VALUES (-1, zeroblob(?))')
  const remove = db.prepare('DELETE FROM body WHERE event = -1')
  let isFull = false
  let tidied = 0

  const free = () => Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))

  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      // A full disk shows itself in the next append; a failed fsync shows itself nowhere else.
      const failure = storeErrorOf(error, true)
      if (failure.code === 'corrupt') throw failure
    }
  }

  /** Pages that were written and are free have their room on the disk; those that never were have not. */
  const keepPages = () => {
    if (free() >= kept) return
    insert.run(kept)
    checkpoint(db, 0)
    remove.run()
    checkpoint(db, 0)
  }

  const giveUp = () => {
    isFull = true
    ballast.drop()
    attempt(() => checkpoint(db, 0))
    attempt(keepPages)
  }

  const recover = () => {
    const wal = statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (ballast.room() + wal < 2 * ballast.bytes) return
    if (ballast.room() < 2 * ballast.bytes) attempt(() => cut(db))
    isFull = !ballast.make()
  }

  // Of an owner that ended in the middle of `keepPages`.
  attempt(() => remove.run())
  if (wasFull) giveUp()
  else ballast.make()

  return {
    run: (needs, work) => {
      if (isFull && needs > 0) {
        recover()
        if (isFull && Math.max(needs, kept) > free() - kept) throw new StoreError('full', 'the disk is full', undefined)
      }
      try {
        return work()
      } catch (error) {
        if (isFull || !(error instanceof StoreError && error.code === 'full')) throw error
        giveUp()
        if (needs > 0) throw error
        return work()
      }
    },
    tidy: () => {
      tidied += 1
      if (!isFull && tidied % SELDOM !== 0) return
      attempt(() => checkpoint(db, isFull ? EAGER : regular))
      if (isFull) recover()
    },
  }
}
