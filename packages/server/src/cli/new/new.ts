import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { cannotCreate } from '../shared/files.ts'
import type { Files, Package } from './package-files.ts'

/** Creates the directory and writes the files into it. Throws an OperatorError if it exists already, or cannot be written. */
export const writeInto = async (directory: string, files: Files): Promise<void> => {
  await mkdir(directory).catch((error: unknown) => {
    throw cannotCreate(directory, error)
  })
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text, { flag: 'wx' })
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw cannotCreate(directory, error)
  }
}

/** Runs `new plugin` or `new sink`: writes a package into the working directory and prints the next steps. */
export const newCommand = async ({ name, files, configuration, warning }: Package): Promise<ExitCode> => {
  await writeInto(resolve(name), files)
  if (warning !== undefined) printError(`warning: ${warning}`)
  print(`wrote ${name}: ${Object.keys(files).join(', ')}`)
  print('next steps:')
  print(`  cd ${name} && npm install && npm test`)
  print(`  edit ${name}/src/index.ts`)
  print(`  add to callboard.yaml: ${configuration}`)
  return EX.ok
}
