import type { JournalErrorCode } from '@callboard/core'
import { JournalBusyError, JournalOpenError, JournalVersionError } from '../errors.ts'
import { errorMessage } from '../util/errors.ts'
import { StoreError } from './store-error.ts'

/** An error as plain data: a message between threads loses the class of an error and its own fields. */
export type SerializedError =
  | { readonly type: 'journal'; readonly code: JournalErrorCode; readonly message: string }
  | { readonly type: 'busy'; readonly path: string; readonly pid: number | undefined }
  | { readonly type: 'version'; readonly path: string; readonly found: number; readonly known: number }
  | { readonly type: 'open'; readonly path: string; readonly code: string; readonly detail: string }

/** Returns any error as plain data. An error that is not of this package becomes a journal error with the code `down`. */
export const serializeError = (error: unknown): SerializedError => {
  if (error instanceof JournalBusyError) return { type: 'busy', path: error.path, pid: error.pid }
  if (error instanceof JournalVersionError) return { type: 'version', path: error.path, found: error.found, known: error.known }
  if (error instanceof JournalOpenError) return { type: 'open', path: error.path, code: error.code, detail: error.detail }
  return { type: 'journal', code: error instanceof StoreError ? error.code : 'down', message: errorMessage(error) }
}
