import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { sanitize } from '@callboard/core'
import { backupJournal, JournalBackupError } from '@callboard/journal'
import { OperatorError } from '../../util/operator-error.ts'
import { createProgressLine } from '../../util/progress-line.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { journalFile, unreadable } from '../shared/open-reader.ts'

const isThere = (target: string): OperatorError => new OperatorError('cannotCreate', `${target} is there already, and is left as it is`)

/** What an operator sees when the copy of `file` cannot be made. */
const failure = (file: string, target: string, error: unknown): OperatorError => {
  if (!(error instanceof JournalBackupError)) return unreadable(file, error)
  if (error.code === 'EEXIST') return isThere(target)
  const reason = error.code === 'SQLITE_FULL' || error.code === 'ENOSPC' ? 'io' : 'cannotCreate'
  return new OperatorError(reason, `${target} cannot be written (${error.code}): ${error.detail}`, { cause: error })
}

/** `journal backup FILE`: a copy of one moment, while the server goes on. */
export const backupTo = async (to: string, json: boolean, config: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(config)
  const target = resolve(to)
  if (existsSync(target)) throw isThere(target)
  const progress = createProgressLine()
  await backupJournal(file, target, (done, total) => progress.show(`${done} of ${total} pages`)).catch((error: unknown) => {
    progress.clear()
    throw failure(file, target, error)
  })
  progress.clear()
  const { size: bytes } = statSync(target)
  print(json ? JSON.stringify({ file: target, bytes }) : sanitize(`${target}: a copy of the journal, ${bytes} bytes`))
  return EX.ok
}
