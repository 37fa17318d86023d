import { fileOf, requireValid } from '../../config/load.ts'
import { printConfig } from '../../config/print.ts'
import { readConfig } from '../../config/read.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** `config print`: the effective configuration with its defaults, secrets masked. */
export const printCommand = async (named: string | undefined): Promise<ExitCode> => {
  const file = fileOf(named)
  if (file === undefined) throw new OperatorError('config', 'there is no callboard.yaml here: name one with -c FILE')
  const loaded = await readConfig(file, process.env)
  requireValid(loaded)
  print(printConfig(loaded).trimEnd())
  return EX.ok
}
