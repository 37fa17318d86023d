import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { refuseOtherDatabase } from './database.ts'
import { toPublicError } from './deserialize-error.ts'
import { requireUsableDirectory, requireUsableFile } from './journal-path.ts'
import { realPathOf, refuseSecondName } from './real-path.ts'
import { notADatabase } from './store-error.ts'

// The header of a database: https://www.sqlite.org/fileformat2.html
const HEADER_BYTES = 108
const MAGIC = Buffer.from('SQLite format 3\0')
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68
/** The first page is the root of the table of all tables. Here it has the number of its cells. */
const CELL_COUNT_AT = 103

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const readHeader = (path: string): Buffer => {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

/** Throws the error of the opening if the file is no journal, or one of another version. */
const requireJournal = (path: string): void => {
  if (sizeOf(path) === 0) return
  const header = readHeader(path)
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) throw notADatabase(path)
  // The pages in a WAL are newer than the header.
  if (sizeOf(`${path}-wal`) > 0) return
  refuseOtherDatabase(path, {
    version: header.readUInt32BE(USER_VERSION_AT),
    application: header.readUInt32BE(APPLICATION_ID_AT),
    tables: header.readUInt16BE(CELL_COUNT_AT),
  })
}

/**
 * Throws the error with which `sqlite` would reject for this path, as far as that can be known without writing and without a lock:
 * JournalOpenError, JournalVersionError or JournalError. A journal that another process has open is no error.
 *
 * Do not call it in a process that has the journal open. It closes the file, and that would drop the locks of the process.
 */
export const checkJournalPath = (path: string): void => {
  try {
    const file = realPathOf(path)
    refuseSecondName(file)
    requireUsableDirectory(dirname(file))
    for (const each of [file, `${file}.lock`]) requireUsableFile(each)
    requireJournal(file)
  } catch (error) {
    throw toPublicError(error)
  }
}
