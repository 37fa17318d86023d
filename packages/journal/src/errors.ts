import type { JournalErrorCode } from '@callboard/core'
import { StoreError } from './sqlite/store-error.ts'

/** Another owner has the journal open; only readers may join it. */
export class JournalBusyError extends Error {
  override readonly name = 'JournalBusyError'
  readonly path: string
  /** The process that has it; absent where that could not be read. */
  readonly pid: number | undefined
  constructor(path: string, pid: number | undefined) {
    super(`the journal ${path} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}`)
    this.path = path
    this.pid = pid
  }
}

/** The journal was written by another Callboard, whose tables this one does not know. */
export class JournalVersionError extends Error {
  override readonly name = 'JournalVersionError'
  readonly path: string
  /** The version of the file. */
  readonly found: number
  /** The version that this Callboard knows. */
  readonly known: number
  constructor(path: string, found: number, known: number) {
    super(
      `the journal ${path} has version ${found}, this Callboard knows version ${known}: run the Callboard that wrote it, or move the file away and a new one is made`,
    )
    this.path = path
    this.found = found
    this.known = known
  }
}

/** The journal cannot be opened or made. */
export class JournalOpenError extends Error {
  override readonly name = 'JournalOpenError'
  /** The file or directory in the way. */
  readonly path: string
  /** The system's word for why: ENOENT, EACCES, EROFS, ENOTDIR, … */
  readonly code: string
  readonly detail: string
  constructor(path: string, code: string, detail: string) {
    super(`cannot open the journal ${path}: ${code}, ${detail}`)
    this.path = path
    this.code = code
    this.detail = detail
  }
}

/** The copy of a journal cannot be made; the journal itself is as it was. */
export class JournalBackupError extends Error {
  override readonly name = 'JournalBackupError'
  /** The copy. */
  readonly path: string
  /** The system's or SQLite's word for why: EEXIST, ENOENT, ENOSPC, EACCES, SQLITE_FULL, … */
  readonly code: string
  readonly detail: string
  constructor(path: string, code: string, detail: string) {
    super(`cannot copy the journal to ${path}: ${code}, ${detail}`)
    this.path = path
    this.code = code
    this.detail = detail
  }
}

/** A failure as plain data, on its way out of the worker. */
export type Trouble =
  | { readonly as: 'journal'; readonly why: JournalErrorCode; readonly message: string }
  | { readonly as: 'busy'; readonly path: string; readonly pid: number | undefined }
  | { readonly as: 'version'; readonly path: string; readonly found: number; readonly known: number }
  | { readonly as: 'open'; readonly path: string; readonly code: string; readonly detail: string }

/** Any failure as plain data; what is none of ours is `down`. */
export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof JournalBusyError) return { as: 'busy', path: error.path, pid: error.pid }
  if (error instanceof JournalVersionError) return { as: 'version', path: error.path, found: error.found, known: error.known }
  if (error instanceof JournalOpenError) return { as: 'open', path: error.path, code: error.code, detail: error.detail }
  const message = error instanceof Error ? error.message : String(error)
  return { as: 'journal', why: error instanceof StoreError ? error.code : 'down', message }
}
