import { JournalError } from '@callboard/core'
import { JournalBusyError, JournalOpenError, JournalVersionError } from '../errors.ts'
import { type SerializedError, serializeError } from './serialize-error.ts'

// This function has a file of its own because it loads @callboard/core, which the worker thread does without.

/** Returns the error that the caller of the journal gets. */
export const deserializeError = (error: SerializedError): Error => {
  switch (error.type) {
    case 'busy':
      return new JournalBusyError(error.path, error.pid)
    case 'version':
      return new JournalVersionError(error.path, error.found, error.known)
    case 'open':
      return new JournalOpenError(error.path, error.code, error.detail)
    case 'journal':
      return new JournalError(error.code, error.message)
  }
}

/** Returns an error of the store as the caller of the journal gets it, in the same thread. */
export const toPublicError = (error: unknown): Error => deserializeError(serializeError(error))
