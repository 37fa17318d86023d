import { lstat, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isMissing } from '../shared/errors.ts'

// The standard streams and other descriptors of this process.
const DESCRIPTOR = /^\/dev\/(stdin|stdout|stderr|fd\/\d+)$|^\/proc\/[^/]+\/(task\/[^/]+\/)?fd\/\d+$/
const MAX_LINKS = 40

/** Returns the real path of a file that may be missing, as far as its directories exist. */
const withRealDirectory = async (path: string): Promise<string> => {
  try {
    return join(await realpath(dirname(path)), basename(path))
  } catch (error) {
    if (isMissing(error) && dirname(path) !== path) return join(await withRealDirectory(dirname(path)), basename(path))
    throw error
  }
}

/**
 * Follows the symbolic links of a path that the operator named. The file itself may be missing. Throws for the standard streams, and
 * for links that lead nowhere.
 */
export const followLinks = async (path: string): Promise<string> => {
  let current = path
  for (let links = 0; links < MAX_LINKS; links += 1) {
    if (DESCRIPTOR.test(current))
      throw new Error(`cannot write to ${path}: it is a stream of this process; use \`use: log\` for standard output`)
    const real = await withRealDirectory(current)
    const found = await lstat(real).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (DESCRIPTOR.test(real)) current = real
    else if (found?.isSymbolicLink()) current = resolve(dirname(real), await readlink(real))
    else return real
  }
  throw new Error(`cannot write to ${path}: its symbolic links form a loop; correct the links`)
}
