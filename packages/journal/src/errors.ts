/** Another process, or another journal of this process, has the journal open for writing. Readers may still open it. */
export class JournalBusyError extends Error {
  override readonly name = 'JournalBusyError'
  /** The database file. */
  readonly path: string
  /** The id of the process that owns the journal; undefined when it could not be read. */
  readonly pid: number | undefined
  constructor(path: string, pid: number | undefined) {
    super(`cannot open the journal ${path}: it is in use by ${pid === undefined ? 'another process' : `process ${pid}`}`)
    this.path = path
    this.pid = pid
  }
}

/** A Callboard with another version of the tables wrote the journal. */
export class JournalVersionError extends Error {
  override readonly name = 'JournalVersionError'
  /** The database file. */
  readonly path: string
  /** The version of the tables in the file. */
  readonly found: number
  /** The only version that this Callboard supports. */
  readonly known: number
  constructor(path: string, found: number, known: number) {
    super(
      `cannot open the journal ${path}: its tables have version ${found}, and this Callboard supports version ${known}; run the Callboard that wrote it, or move the file away to start with an empty journal`,
    )
    this.path = path
    this.found = found
    this.known = known
  }
}

/** The journal cannot be opened or created. */
export class JournalOpenError extends Error {
  override readonly name = 'JournalOpenError'
  /** The file or directory that failed. */
  readonly path: string
  /** The error code of the system: ENOENT, EACCES, EROFS, ENOTDIR, ... */
  readonly code: string
  /** The rest of the message. */
  readonly detail: string
  constructor(path: string, code: string, detail: string) {
    super(`cannot open the journal ${path}: ${code}, ${detail}`)
    this.path = path
    this.code = code
    this.detail = detail
  }
}

/** The copy of a journal cannot be written. The journal itself is unchanged. */
export class JournalBackupError extends Error {
  override readonly name = 'JournalBackupError'
  /** The file that was to become the copy. */
  readonly path: string
  /** The error code of the system or of SQLite: EEXIST, ENOENT, ENOSPC, EACCES, SQLITE_FULL, ... */
  readonly code: string
  /** The rest of the message. */
  readonly detail: string
  constructor(path: string, code: string, detail: string) {
    super(`cannot copy the journal to ${path}: ${code}, ${detail}`)
    this.path = path
    this.code = code
    this.detail = detail
  }
}
