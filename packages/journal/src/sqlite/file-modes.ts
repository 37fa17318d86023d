import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { errorCode } from '../util/errors.ts'

// Bodies are personal data: the owner writes, the group reads, others get nothing.
/** The mode of each file that holds, or may hold, events. */
export const FILE_MODE = 0o640
const DIRECTORY_MODE = 0o750

// FAT and some network shares have no permissions, and refuse to set them.
const UNSUPPORTED = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Creates a directory and its parents with mode 0750. */
export const createDirectory = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE })
}

/**
 * Removes from a new file the permissions that FILE_MODE does not have. SQLite gives the WAL and its index the mode of the
 * database. The file is not opened, since to close it would drop the locks that this process holds on it.
 */
export const restrictMode = (path: string): void => {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) return
  try {
    chmodSync(path, mode & FILE_MODE)
  } catch (error) {
    if (!UNSUPPORTED.has(errorCode(error))) throw error
  }
}
