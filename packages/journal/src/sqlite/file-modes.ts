import { closeSync, constants, fchownSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../util/errors.ts'

// Bodies are personal data: the owner writes, the group reads, others get nothing.
/** The mode of each file that holds, or may hold, events. */
export const FILE_MODE = 0o640
const DIRECTORY_MODE = 0o750

/**
 * Gives a new file or directory to the owner of its directory, if this process runs as root. Otherwise the service user could not
 * use a journal that root made.
 */
const giveToOwnerOf = (directory: string, descriptor: number): void => {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = statSync(directory)
  if (uid !== 0) fchownSync(descriptor, uid, gid)
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Makes one directory with mode 0750, unless it exists. */
const makeOne = (path: string): void => {
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE })
  } catch (error) {
    if (isDirectory(path)) return
    throw error
  }
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    giveToOwnerOf(dirname(path), descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Creates a directory and its parents with mode 0750. */
export const createDirectory = (path: string): void => {
  try {
    makeOne(path)
  } catch (error) {
    // Not `recursive`: below /proc, Node would try the same two directories again and again, without an end.
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    createDirectory(dirname(path))
    makeOne(path)
  }
}

/**
 * Creates an empty file with mode 0640, unless it exists. Returns whether it created the file. SQLite gives the WAL and its index the
 * mode and the owner of the database. An existing file is not opened, since to close it would drop the locks that this process holds on it.
 */
export const createFile = (path: string): boolean => {
  let descriptor: number
  try {
    descriptor = openSync(path, 'wx', FILE_MODE)
  } catch (error) {
    // SQLite reports everything else itself.
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  try {
    giveToOwnerOf(dirname(path), descriptor)
    return true
  } finally {
    closeSync(descriptor)
  }
}
