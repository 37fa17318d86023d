import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { JournalBackupError } from '../errors.ts'
import { openForReading } from './open-for-reading.ts'
import { publish } from './rename-no-replace.ts'

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
 * Rejects with JournalBackupError (`code: 'EEXIST'` where `to` exists: nothing is overwritten), or as `openReader` throws.
 */
export const backupJournal = async (
  path: string,
  to: string,
  progress: (done: number, total: number) => void = () => {},
): Promise<void> => {
  const target = resolve(to)
  // In containers every process has the same number.
  const part = `${target}.${randomUUID()}.part`
  const db = openForReading(path)
  try {
    // Said before anything is copied; a file that comes meanwhile is seen at the end.
    if (existsSync(target)) throw new JournalBackupError(target, 'EEXIST', 'there is a file already')
    // All the pages are of this moment. Without it each commit of the owner would start the copy anew, and it would never end.
    db.exec('BEGIN; SELECT 1 FROM event LIMIT 1')
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages)
        return PAGES_AT_A_TIME
      },
    })
    sync(part)
    publish(part, target)
    sync(dirname(target))
  } catch (error) {
    throw error instanceof JournalBackupError ? error : new JournalBackupError(target, codeOf(error), wordsOf(error))
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}
