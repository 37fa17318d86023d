import { resolve } from 'node:path'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import type { Package } from './package-files.ts'
import { writeInto } from './write.ts'

/** `new plugin`, `new sink`: writes a package into the working directory, and says what comes next. */
export const newCommand = async ({ name, files, configuration, warning }: Package): Promise<ExitCode> => {
  await writeInto(resolve(name), files)
  if (warning !== undefined) printError(`warning: ${warning}`)
  print(`wrote ${name}: ${Object.keys(files).join(', ')}`)
  print(`try it:        cd ${name} && npm install && npm test`)
  print(`make it yours: ${name}/src/index.ts`)
  print(`configure it:  ${configuration}`)
  return EX.ok
}
