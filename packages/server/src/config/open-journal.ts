import { statSync } from 'node:fs'
import { type Journal, type Log, memory } from '@callboard/core'
import { type Failpoint, JournalBusyError, JournalOpenError, parseFailpoints, sqlite } from '@callboard/journal'
import { codeOf, messageOf } from '../util/errors.ts'
import { OperatorError, type OperatorErrorReason } from '../util/operator-error.ts'
import type { JournalSettings } from './service.ts'

const PERMISSION_CODES = new Set(['EACCES', 'EPERM', 'EROFS'])
const OTHERS_READ = 0o004

/** Parses the failures that a durability test asks for. */
const failpointsFrom = (text: string | undefined): readonly Failpoint[] => {
  try {
    return text === undefined || text === '' ? [] : parseFailpoints(text)
  } catch (error) {
    throw new OperatorError('usage', `CALLBOARD_FAILPOINT: ${messageOf(error)}`, { cause: error })
  }
}

const reasonOf = (error: unknown): OperatorErrorReason => {
  if (error instanceof JournalBusyError) return 'busy'
  if (PERMISSION_CODES.has(codeOf(error))) return 'noPermission'
  // EEXIST: the file is a database of another program.
  return error instanceof JournalOpenError && error.code !== 'EEXIST' ? 'cannotCreate' : 'io'
}

/** An existing file keeps the mode that its operator chose. */
const warnIfOthersRead = (path: string, log: Pick<Log, 'warn'>): void => {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  if ((mode & OTHERS_READ) !== 0)
    log.warn({ path, mode: (mode & 0o777).toString(8), advice: `chmod o= ${path}*` }, 'every user can read the journal')
}

/** Opens the journal. Throws an OperatorError that says what to do. */
export const openJournal = async (settings: JournalSettings, log: Pick<Log, 'warn'>): Promise<Journal> => {
  const failpoints = failpointsFrom(process.env.CALLBOARD_FAILPOINT)
  if (failpoints.length > 0) log.warn({ failpoints }, 'failpoints armed; this process will fail on purpose')
  if (settings.use === 'memory') return memory()
  try {
    const journal = await sqlite({ path: settings.path, failpoints })
    warnIfOthersRead(settings.path, log)
    return journal
  } catch (error) {
    throw new OperatorError(reasonOf(error), messageOf(error), { cause: error })
  }
}
