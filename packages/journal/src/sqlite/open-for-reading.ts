import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import { JournalOpenError, troubleOf } from '../errors.ts'
import { checkVersion, openErrorOf } from './database.ts'
import { errorOf } from './error-transfer.ts'

// The owner holds the file for moments only; milliseconds.
const BUSY_TIMEOUT = 2_000

/** The journal's database, opened beside its owner, if it has one. Throws what the package promises about opening. */
export const openForReading = (path: string): Database.Database => {
  const file = resolve(path)
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT })
    db.exec('PRAGMA trusted_schema = OFF')
    if (!checkVersion(db)) throw new JournalOpenError(file, 'ENOENT', 'the file is empty')
    return db
  } catch (error) {
    db?.close()
    throw errorOf(troubleOf(openErrorOf(error, file, 'read')))
  }
}
