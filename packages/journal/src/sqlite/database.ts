import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { JournalBusyError, JournalOpenError, JournalVersionError } from '../errors.ts'
import { APPLICATION, SCHEMA, VERSION } from './schema.ts'
import { StoreError, storeErrorOf } from './store-error.ts'

// A reader never holds anything for long; milliseconds.
const BUSY_TIMEOUT = 2_000

const codeIn = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'EIO')

const detailIn = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const isOurs = (error: unknown): error is Error =>
  [JournalBusyError, JournalOpenError, JournalVersionError].some((kind) => error instanceof kind)

const nearestThere = (directory: string): string => (existsSync(directory) ? directory : nearestThere(dirname(directory)))

/** Makes the directory of the journal where it is missing. Throws JournalOpenError. */
export const makeDirectory = (path: string): void => {
  const directory = dirname(path)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    try {
      // Node says ENOENT where the system said EROFS.
      accessSync(nearestThere(directory), constants.W_OK)
    } catch (reason) {
      throw new JournalOpenError(directory, codeIn(reason), detailIn(reason))
    }
    throw new JournalOpenError(directory, codeIn(error), detailIn(error))
  }
}

/**
 * What it means that `path` could not be opened, for reading or for writing too. SQLite keeps the system's reason to itself, so
 * the system is asked again: never by opening the file, because closing it would drop the locks that this process has on it.
 */
export const openErrorOf = (error: unknown, path: string, access: 'read' | 'write'): Error => {
  if (isOurs(error)) return error
  const cause = error instanceof StoreError ? (error.cause ?? error) : error
  const code = codeIn(cause)
  if (code.startsWith('SQLITE_') && !/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) return storeErrorOf(cause)
  const mode = access === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK
  for (const place of [dirname(path), path]) {
    try {
      accessSync(place, mode)
    } catch (reason) {
      return new JournalOpenError(place, codeIn(reason), detailIn(reason))
    }
  }
  return statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? new JournalOpenError(path, 'EISDIR', 'it is a directory')
    : new JournalOpenError(path, code, detailIn(cause))
}

const numberOf = (db: Database.Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }))

/** Is it a journal, and one that we know? Throws where it is not; false: the file is empty. */
export const checkVersion = (db: Database.Database): boolean => {
  const version = numberOf(db, 'user_version')
  const application = numberOf(db, 'application_id')
  const tables = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()
  if (application !== APPLICATION && (version !== 0 || tables?.count !== 0)) {
    throw new JournalOpenError(db.name, 'EEXIST', 'the file is a database of something else')
  }
  if (version !== 0 && version !== VERSION) throw new JournalVersionError(db.name, version, VERSION)
  return version !== 0
}

/** Opens the journal's database for its owner, who holds the lock; makes the tables where the file is new. */
export const openDatabase = (path: string): Database.Database => {
  const db = new Database(path, { timeout: BUSY_TIMEOUT })
  try {
    const isMade = checkVersion(db)
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
    if (!isMade) db.exec(`BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}; COMMIT`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
