import { configSchema } from '../config/schema.ts'
import { EX, type ExitCode } from '../exit.ts'
import { print } from '../terminal.ts'

/** `config schema`: the JSON Schema of a configuration, the same for all of them. */
export const schemaCommand = (): ExitCode => {
  print(JSON.stringify(configSchema(), null, 2))
  return EX.ok
}
