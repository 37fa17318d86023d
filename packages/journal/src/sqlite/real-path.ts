import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { JournalOpenError } from '../errors.ts'
import { errorCode } from '../util/errors.ts'

const MAX_LINKS = 40

/** Returns the path with real directories, as far as they exist. */
const withRealDirectory = (path: string): string => {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && dirname(path) !== path) return join(withRealDirectory(dirname(path)), basename(path))
    return path
  }
}

/**
 * Returns the one path of a journal that has several: without symbolic links, also if the file is missing. The lock, the reserve and
 * the WAL are beside this path, so that every name of the journal leads to the same ones. Throws JournalOpenError for links in a loop.
 */
export const realPathOf = (path: string): string => {
  let current = resolve(path)
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const real = withRealDirectory(current)
    try {
      current = resolve(dirname(real), readlinkSync(real))
    } catch {
      // It is no link, or it is missing.
      return real
    }
  }
  throw new JournalOpenError(path, 'ELOOP', 'its symbolic links form a loop; correct the links')
}

const MOUNT_POINT_FIELD = 4

/** Returns whether a path is a mount point of its own, as a file that a container mounts. */
const isMountPoint = (path: string): boolean => {
  try {
    const points = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) =>
        line.split(' ')[MOUNT_POINT_FIELD]?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
      )
    return points.includes(path)
  } catch {
    return false
  }
}

/** Returns undefined also for a path that cannot be reached. The opening reports why. */
const statsOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

/**
 * Throws JournalOpenError for a database file with a second name that no path resolves: a hard link, or a mount of the file alone.
 * Under each name SQLite would keep another WAL, and each would lose the events of the other. `path` is a real path.
 */
export const refuseSecondName = (path: string): void => {
  const stats = statsOf(path)
  if (!stats?.isFile()) return
  if (stats.nlink > 1) {
    throw new JournalOpenError(
      path,
      'EMLINK',
      `the file has ${stats.nlink} names (hard links), and each would get a write-ahead log of its own; find them with \`find DIRECTORY -samefile ${path}\` and remove all but one`,
    )
  }
  if (isMountPoint(path)) {
    throw new JournalOpenError(
      path,
      'EBUSY',
      'the file is mounted alone, and its lock and its write-ahead log would stay outside; mount its directory instead',
    )
  }
}
