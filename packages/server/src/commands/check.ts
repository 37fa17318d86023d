import { checkConfig } from '../config/check.ts'
import { formatProblem } from '../config/problem.ts'
import { fileOf } from '../configured.ts'
import { EX, Exit, type ExitCode } from '../exit.ts'
import { complain, print } from '../terminal.ts'

/** `check`: everything that is wrong with the configuration, without starting anything. */
export const checkCommand = async (named: string | undefined, json: boolean): Promise<ExitCode> => {
  const file = fileOf(named)
  if (file === undefined) throw new Exit(EX.config, 'there is no callboard.yaml here: name one with -c FILE')
  const problems = await checkConfig(file, process.env)
  for (const problem of problems) {
    if (json) print(JSON.stringify(problem))
    else complain(formatProblem(problem))
  }
  const wrong = problems.some(({ level }) => level === 'error')
  if (!wrong && !json) print(`${file}: nothing is wrong`)
  return wrong ? EX.config : EX.ok
}
