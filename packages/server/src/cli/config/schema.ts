import { configSchema } from '../../config/schema/json-schema.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** `config schema`: the JSON Schema of a configuration, the same for all of them. */
export const schemaCommand = (): ExitCode => {
  print(JSON.stringify(configSchema(), null, 2))
  return EX.ok
}
