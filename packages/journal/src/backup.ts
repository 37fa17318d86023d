import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { JournalOpenError } from './errors.ts'
import { openForReading } from './open-for-reading.ts'

/** Between two such steps the owner may write. */
const PAGES_AT_A_TIME = 1_000

const sync = (path: string): void => {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'EIO')
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Copies the journal at `path` into the file `to`, while its owner goes on: all of one moment, on the disk when it resolves, and
 * under its name only when it is whole. `progress`: pages of 4 KiB, done and altogether. While it runs, the log beside the journal
 * grows by what its owner writes; it is cut again afterwards.
 *
 * Rejects with JournalOpenError (`code: 'EEXIST'` where `to` exists: nothing is overwritten), or as `openReader` does.
 */
export const backupJournal = async (
  path: string,
  to: string,
  progress: (done: number, total: number) => void = () => {},
): Promise<void> => {
  const target = resolve(to)
  const part = `${target}.${process.pid}.part`
  const db = openForReading(path)
  try {
    // All the pages are of this moment. Without it each commit of the owner would start the copy anew, and it would never end.
    db.exec('BEGIN; SELECT 1 FROM event LIMIT 1')
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages)
        return PAGES_AT_A_TIME
      },
    })
    sync(part)
    // Unlike a rename, a link never takes the place of a file that is there.
    linkSync(part, target)
    sync(dirname(target))
  } catch (error) {
    throw new JournalOpenError(target, codeOf(error), wordsOf(error))
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}
