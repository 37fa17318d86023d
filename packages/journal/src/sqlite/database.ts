import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { JournalBusyError, JournalOpenError, JournalVersionError } from '../errors.ts'
import { errorCode, errorMessage } from '../util/errors.ts'
import { createDirectory, createFile } from './file-modes.ts'
import { openErrorFrom, requireUsableDirectory } from './journal-path.ts'
import { refuseSecondName } from './real-path.ts'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts'
import { notADatabase, StoreError, storeErrorOf } from './store-error.ts'

/** How long a connection waits for the file lock of another one. Each holds it only for a moment. */
export const BUSY_TIMEOUT_MS = 2_000

const isOpenError = (error: unknown): error is Error =>
  [JournalBusyError, JournalOpenError, JournalVersionError].some((kind) => error instanceof kind)

/** Creates the directory of the journal, unless it exists. Throws JournalOpenError. */
export const createJournalDirectory = (path: string): void => {
  const directory = dirname(path)
  requireUsableDirectory(directory)
  try {
    createDirectory(directory)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new JournalOpenError(directory, 'ENOTDIR', 'it is not a directory; choose another path')
    throw openErrorFrom(directory, error)
  }
}

/** Returns the error for a journal that this user may read, but whose directory this user may not write. */
const stoppedJournalError = (path: string): JournalOpenError | undefined => {
  const directory = dirname(path)
  try {
    accessSync(directory, constants.W_OK)
    return undefined
  } catch (error) {
    return new JournalOpenError(
      path,
      errorCode(error),
      `no server runs, and to read it then SQLite must create files in ${directory}, where this user may not write; run this command as the user with id ${statSync(path).uid}, or let the group of ${directory} write there`,
    )
  }
}

/**
 * Returns the error to throw when `path` could not be opened. SQLite does not pass on the error code of the system, so this asks
 * the system again. It does not open the file, since to close it would drop the locks that this process holds on it.
 */
export const openErrorOf = (error: unknown, path: string, access: 'read' | 'write'): Error => {
  if (isOpenError(error)) return error
  const cause = error instanceof StoreError ? (error.cause ?? error) : error
  const code = errorCode(cause)
  if (code === 'SQLITE_NOTADB') return notADatabase(path, cause)
  if (code.startsWith('SQLITE_') && !/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) return storeErrorOf(cause)
  const mode = access === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK
  for (const file of [dirname(path), path]) {
    try {
      accessSync(file, mode)
    } catch (accessError) {
      return openErrorFrom(file, accessError)
    }
  }
  const stopped = access === 'read' ? stoppedJournalError(path) : undefined
  if (stopped) return stopped
  return statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? new JournalOpenError(path, 'EISDIR', 'it is a directory; name a file in it')
    : new JournalOpenError(path, code, errorMessage(cause))
}

/** Returns whether the error says that the file is no journal of any version. */
export const isForeignFile = (error: unknown): boolean =>
  (error instanceof JournalOpenError && error.code === 'EEXIST') ||
  (error instanceof StoreError && errorCode(error.cause) === 'SQLITE_NOTADB')

const readNumber = (db: Database.Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }))

/** Throws JournalOpenError for a database of another program, and JournalVersionError for a journal of another version. */
export const refuseOtherDatabase = (
  path: string,
  { version, application, tables }: { readonly version: number; readonly application: number; readonly tables: number },
): void => {
  if (application !== APPLICATION_ID && (version !== 0 || tables !== 0)) {
    throw new JournalOpenError(path, 'EEXIST', 'the file is a database of another program; name another file')
  }
  if (version !== 0 && version !== SCHEMA_VERSION) throw new JournalVersionError(path, version, SCHEMA_VERSION)
}

/** Returns true for a journal, false for an empty file. Throws JournalOpenError or JournalVersionError for any other database. */
export const checkVersion = (db: Database.Database): boolean => {
  const version = readNumber(db, 'user_version')
  const count = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()
  refuseOtherDatabase(db.name, { version, application: readNumber(db, 'application_id'), tables: count?.count ?? 0 })
  return version !== 0
}

/** Makes a connection ready for the owner of the journal. Creates the tables of a new journal. Closes the connection if this fails. */
export const prepareDatabase = (db: Database.Database): Database.Database => {
  try {
    const hasTables = checkVersion(db)
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
    if (!hasTables) {
      db.exec(`BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens the database of the journal for its owner, who holds the lock. Creates the file and the tables of a new journal. */
export const openDatabase = (path: string): Database.Database => {
  refuseSecondName(path)
  createFile(path)
  return prepareDatabase(new Database(path, { timeout: BUSY_TIMEOUT_MS }))
}
