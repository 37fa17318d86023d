import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { errorCode } from '../util/errors.ts'

// The error codes of file systems without hard links: exFAT, some network shares.
const NO_HARD_LINK_CODES = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Gives the finished file `part` the name `target` in one step. Throws EEXIST when `target` exists. Without hard links an empty
 * file takes the name for a moment. The file `part` may remain.
 */
export const renameNoReplace = (part: string, target: string, link: (from: string, to: string) => void = linkSync): void => {
  try {
    // A link never replaces an existing file, unlike a rename.
    link(part, target)
  } catch (error) {
    if (!NO_HARD_LINK_CODES.has(errorCode(error))) throw error
    closeSync(openSync(target, 'wx'))
    try {
      renameSync(part, target)
    } catch (renameError) {
      rmSync(target)
      throw renameError
    }
  }
}
