import { sanitize } from '@callboard/core'
import { verifyJournal } from '@callboard/journal'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { journalFile, unreadable } from '../shared/open-reader.ts'

const problemsIn = async (file: string): Promise<readonly string[]> => {
  try {
    return await verifyJournal(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** `journal verify`: everything that is wrong with the journal, a line each. */
export const verify = async (json: boolean, config: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(config)
  const problems = await problemsIn(file)
  for (const problem of problems) {
    if (json) print(JSON.stringify({ problem }))
    else printError(sanitize(problem))
  }
  if (problems.length === 0 && !json) print(sanitize(`${file}: nothing is wrong`))
  return problems.length === 0 ? EX.ok : EX.dataError
}
