import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { JournalBackupError } from '../errors.ts'
import { errorCode, errorDetail } from '../util/errors.ts'
import { createFile } from './file-modes.ts'
import { openForReading } from './open-for-reading.ts'
import { renameNoReplace } from './rename-no-replace.ts'

/** The owner may write between two steps of this size. */
const PAGES_PER_STEP = 1_000

const fsyncPath = (path: string): void => {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Copies the journal at `path` into the new file `to`, while its owner keeps writing. The copy shows the journal at one moment.
 * It is synced and gets its name only when it is complete. Its mode is 0640.
 *
 * `progress` gets the number of copied pages of 4 KiB, and the number of all pages. During the copy the write-ahead log of the
 * journal grows by everything that its owner writes; it is truncated afterwards.
 *
 * Rejects with JournalBackupError (`code: 'EEXIST'` when `to` exists), or with the errors of `openReader`.
 */
export const backupJournal = async (
  path: string,
  to: string,
  progress: (done: number, total: number) => void = () => {},
): Promise<void> => {
  const target = resolve(to)
  // A process id would not be unique: in containers many processes have the same one.
  const part = `${target}.${randomUUID()}.part`
  const db = openForReading(path)
  try {
    // Fails early; renameNoReplace fails when the file appears later.
    if (existsSync(target)) throw new JournalBackupError(target, 'EEXIST', 'the file exists')
    createFile(part)
    // All pages are read in one transaction. Otherwise each commit of the owner would restart the copy, and it would never end.
    db.exec('BEGIN; SELECT 1 FROM event LIMIT 1')
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages)
        return PAGES_PER_STEP
      },
    })
    fsyncPath(part)
    renameNoReplace(part, target)
    fsyncPath(dirname(target))
  } catch (error) {
    throw error instanceof JournalBackupError ? error : new JournalBackupError(target, errorCode(error), errorDetail(error))
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}
