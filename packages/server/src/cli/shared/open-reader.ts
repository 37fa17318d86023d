import { JournalOpenError, openReader, type Reader } from '@callboard/journal'
import { loadConfigOrDemo } from '../../config/load.ts'
import { OperatorError } from '../../util/operator-error.ts'

/** The file of the configured journal. */
export const journalFile = async (named: string | undefined): Promise<string> => {
  const { journal } = await loadConfigOrDemo(named)
  if (journal.use === 'memory')
    throw new OperatorError('unavailable', 'a journal in memory cannot be read from outside: use sqlite to look into it')
  return journal.path
}

/** Is it not there yet? */
export const isMissing = (error: unknown): boolean => error instanceof JournalOpenError && error.code === 'ENOENT'

/** What an operator sees when the journal in this file cannot be read. */
export const unreadable = (file: string, error: unknown): OperatorError =>
  isMissing(error)
    ? new OperatorError('unavailable', `there is no journal at ${file} yet: \`callboard start\` makes it`, { cause: error })
    : new OperatorError('io', error instanceof Error ? error.message : String(error), { cause: error })

/** Opens the configured journal for reading, beside a running server or without one. */
export const openEvents = async (named: string | undefined): Promise<Reader> => {
  const file = await journalFile(named)
  try {
    return openReader(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}
