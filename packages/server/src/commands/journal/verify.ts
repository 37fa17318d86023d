import { printable } from '@callboard/core'
import { verifyJournal } from '@callboard/journal'
import { EX, type ExitCode } from '../../exit.ts'
import { journalFile, unreadable } from '../../reader.ts'
import { complain, print } from '../../terminal.ts'

const problemsIn = (file: string): readonly string[] => {
  try {
    return verifyJournal(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** `journal verify`: everything that is wrong with the journal, a line each. */
export const verify = async (json: boolean, config: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(config)
  const problems = problemsIn(file)
  for (const problem of problems) {
    if (json) print(JSON.stringify({ problem }))
    else complain(printable(problem))
  }
  if (problems.length === 0 && !json) print(printable(`${file}: nothing is wrong`))
  return problems.length === 0 ? EX.ok : EX.dataError
}
