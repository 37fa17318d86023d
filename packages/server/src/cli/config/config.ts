import { requireValid } from '../../config/load.ts'
import { printConfig } from '../../config/print.ts'
import { readConfig } from '../../config/read.ts'
import { configSchema as createConfigSchema } from '../../config/schema/json-schema.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { requireConfigFile } from '../shared/files.ts'

/** Runs `config print`. */
export const configPrint = async (configFile: string | undefined): Promise<ExitCode> => {
  const loaded = await readConfig(requireConfigFile(configFile), process.env)
  requireValid(loaded)
  print(printConfig(loaded).trimEnd())
  return EX.ok
}

/** Runs `config schema`. The schema does not depend on a configuration. */
export const configSchema = (): ExitCode => {
  print(JSON.stringify(createConfigSchema(), null, 2))
  return EX.ok
}
