import { type Journal, type Log, memory } from '@callboard/core'
import { type Failpoint, JournalBusyError, parseFailpoints, sqlite } from '@callboard/journal'
import { codeOf, messageOf } from '../util/errors.ts'
import { OperatorError } from '../util/operator-error.ts'
import type { JournalSettings } from './service.ts'

const PERMISSION_CODES = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Parses the failures that a durability test asks for. */
const failpointsFrom = (text: string | undefined): readonly Failpoint[] => {
  try {
    return text === undefined || text === '' ? [] : parseFailpoints(text)
  } catch (error) {
    throw new OperatorError('usage', `CALLBOARD_FAILPOINT: ${messageOf(error)}`, { cause: error })
  }
}

/** Opens the journal. Throws an OperatorError that says what to do. */
export const openJournal = async (settings: JournalSettings, log: Pick<Log, 'warn'>): Promise<Journal> => {
  const failpoints = failpointsFrom(process.env.CALLBOARD_FAILPOINT)
  if (failpoints.length > 0) log.warn({ failpoints }, 'failpoints armed; this process will fail on purpose')
  if (settings.use === 'memory') return memory()
  try {
    return await sqlite({ path: settings.path, failpoints })
  } catch (error) {
    if (error instanceof JournalBusyError) throw new OperatorError('busy', error.message, { cause: error })
    throw new OperatorError(PERMISSION_CODES.has(codeOf(error)) ? 'noPermission' : 'io', messageOf(error), { cause: error })
  }
}
