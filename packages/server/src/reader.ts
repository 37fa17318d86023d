import { openReader, type Reader } from '@callboard/journal'
import { configuredOrDemo } from './configured.ts'
import { EX, Exit } from './exit.ts'

/** Opens the configured journal for reading, beside a running server or without one. */
export const openEvents = async (named: string | undefined): Promise<Reader> => {
  const { journal } = await configuredOrDemo(named)
  if (journal.use === 'memory')
    throw new Exit(EX.unavailable, 'a journal in memory cannot be read from outside: use sqlite to look into it')
  try {
    return openReader(journal.path)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw missing
      ? new Exit(EX.unavailable, `there is no journal at ${journal.path} yet: \`callboard start\` makes it`, { cause: error })
      : new Exit(EX.io, error instanceof Error ? error.message : String(error), { cause: error })
  }
}
