import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'

// What systems say whose file systems know no second name for a file: exFAT, some shares.
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

const hasNoLinks = (error: unknown): boolean => error instanceof Error && 'code' in error && NO_LINKS.has(String(error.code))

/**
 * Gives the finished file `part` the name `target`, all at once, and never over a file that is there: throws EEXIST then. Where
 * there are no links, the name is taken by an empty file for a moment. `part` may remain.
 */
export const publish = (part: string, target: string, link: (from: string, to: string) => void = linkSync): void => {
  try {
    // Unlike a rename, a link never takes the place of a file that is there.
    link(part, target)
  } catch (error) {
    if (!hasNoLinks(error)) throw error
    closeSync(openSync(target, 'wx'))
    try {
      renameSync(part, target)
    } catch (reason) {
      rmSync(target)
      throw reason
    }
  }
}
