import { findConfigFile } from '../../config/load.ts'
import { OperatorError } from '../../util/operator-error.ts'

/** Returns the path of the configuration file: the given one, or callboard.yaml in the working directory. */
export const requireConfigFile = (configFile: string | undefined): string => {
  const file = findConfigFile(configFile)
  if (file === undefined)
    throw new OperatorError('config', 'no callboard.yaml in this directory; create one with `callboard init`, or pass -c FILE')
  return file
}

/** Makes the error for a file or directory that exists already. */
export const alreadyExists = (path: string): OperatorError =>
  new OperatorError('cannotCreate', `cannot create ${path}: it already exists; remove it, or choose another name`)

/** Makes the error for a file or directory that could not be written. */
export const cannotCreate = (path: string, error: unknown): OperatorError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return code === 'EEXIST' ? alreadyExists(path) : new OperatorError('cannotCreate', `cannot create ${path}: ${code}`, { cause: error })
}
