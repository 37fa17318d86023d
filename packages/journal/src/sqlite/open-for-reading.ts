import Database from 'better-sqlite3'
import { JournalOpenError } from '../errors.ts'
import { BUSY_TIMEOUT_MS, checkVersion, openErrorOf } from './database.ts'
import { toPublicError } from './deserialize-error.ts'
import { realPathOf, refuseSecondName } from './real-path.ts'

/**
 * Opens the database of the journal at `path` for reading, whether it has an owner or not. Throws JournalOpenError,
 * JournalVersionError or JournalError.
 */
export const openForReading = (path: string): Database.Database => {
  let file = path
  let db: Database.Database | undefined
  try {
    file = realPathOf(path)
    refuseSecondName(file)
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    db.exec('PRAGMA trusted_schema = OFF')
    if (!checkVersion(db)) throw new JournalOpenError(file, 'ENOENT', 'the file is empty')
    return db
  } catch (error) {
    db?.close()
    throw toPublicError(openErrorOf(error, file, 'read'))
  }
}
