import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OperatorError } from '../../util/operator-error.ts'
import type { Files } from './package-files.ts'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error')

/** Writes files into a directory that it makes; an OperatorError where that is there already, which is left as it is, or cannot be made. */
export const writeInto = async (directory: string, files: Files): Promise<void> => {
  await mkdir(directory).catch((error: unknown) => {
    const code = codeOf(error)
    throw new OperatorError(
      'cannotCreate',
      code === 'EEXIST' ? `${directory} is there already, and is left as it is` : `${directory} cannot be made (${code})`,
    )
  })
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text, { flag: 'wx' })
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw new OperatorError('cannotCreate', `${directory} cannot be written (${codeOf(error)})`, { cause: error })
  }
}
