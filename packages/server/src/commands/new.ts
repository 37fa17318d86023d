import { resolve } from 'node:path'
import { EX, type ExitCode } from '../exit.ts'
import type { Package } from '../new/package.ts'
import { writeInto } from '../new/write.ts'
import { complain, print } from '../terminal.ts'

/** `new plugin`, `new sink`: writes a package into the working directory, and says what comes next. */
export const newCommand = async ({ name, files, configuration, warning }: Package): Promise<ExitCode> => {
  await writeInto(resolve(name), files)
  if (warning !== undefined) complain(`warning: ${warning}`)
  print(`wrote ${name}: ${Object.keys(files).join(', ')}`)
  print(`try it:        cd ${name} && npm install && npm test`)
  print(`make it yours: ${name}/src/index.ts`)
  print(`configure it:  ${configuration}`)
  return EX.ok
}
