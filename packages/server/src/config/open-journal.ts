import { type Journal, type Log, memory } from '@callboard/core'
import { type Failpoint, JournalBusyError, parseFailpoints, sqlite } from '@callboard/journal'
import { OperatorError } from '../util/operator-error.ts'

/** Which journal the configuration names. */
export type JournalSettings = { readonly use: 'memory' } | { readonly use: 'sqlite'; readonly path: string }

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const NOT_PERMITTED = new Set(['EACCES', 'EPERM', 'EROFS'])

/** What the environment says is to go wrong, for tests of durability. */
const failpointsIn = (text: string | undefined): readonly Failpoint[] => {
  try {
    return text === undefined || text === '' ? [] : parseFailpoints(text)
  } catch (error) {
    throw new OperatorError('usage', `CALLBOARD_FAILPOINT: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/** Opens the journal. An OperatorError says what to do when that is not possible. */
export const openJournal = async (settings: JournalSettings, log: Pick<Log, 'warn'>): Promise<Journal> => {
  const failpoints = failpointsIn(process.env.CALLBOARD_FAILPOINT)
  if (failpoints.length > 0) log.warn({ failpoints }, 'failpoints are armed: this process is to fail, and keeps no promise')
  if (settings.use === 'memory') return memory()
  try {
    return await sqlite({ path: settings.path, failpoints })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof JournalBusyError) throw new OperatorError('busy', message, { cause: error })
    throw new OperatorError(NOT_PERMITTED.has(codeOf(error)) ? 'noPermission' : 'io', message, { cause: error })
  }
}
