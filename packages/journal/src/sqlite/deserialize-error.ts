import { JournalError } from '@callboard/core'
import { JournalBusyError, JournalOpenError, JournalVersionError, type Trouble } from '../errors.ts'

/** The failure as the caller of the journal gets it. */
export const errorOf = (trouble: Trouble): Error => {
  switch (trouble.as) {
    case 'busy':
      return new JournalBusyError(trouble.path, trouble.pid)
    case 'version':
      return new JournalVersionError(trouble.path, trouble.found, trouble.known)
    case 'open':
      return new JournalOpenError(trouble.path, trouble.code, trouble.detail)
    case 'journal':
      return new JournalError(trouble.why, trouble.message)
  }
}
