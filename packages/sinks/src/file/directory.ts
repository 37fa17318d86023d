import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../shared/errors.ts'

const DIRECTORY_MODE = 0o750

/** Resolves when the names in a directory are on the disk. */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Gives a new file or directory to the owner of its directory, if this process runs as root. Otherwise the service user could not
 * write a file that root made, for example with `callboard sinks test`.
 */
export const giveToOwnerOf = async (directory: string, handle: FileHandle): Promise<void> => {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = await stat(directory)
  if (uid !== 0) await handle.chown(uid, gid)
}

const giveNewDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    await giveToOwnerOf(dirname(directory), handle)
  } finally {
    await handle.close()
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** Makes one directory. Returns whether it is new. */
const makeOne = async (directory: string): Promise<boolean> => {
  try {
    await mkdir(directory, { mode: DIRECTORY_MODE })
    return true
  } catch (error) {
    if (await isDirectory(directory)) return false
    throw error
  }
}

/** Makes a directory and its parents. Resolves when the names of the new ones are on the disk. */
export const makeDirectory = async (directory: string): Promise<void> => {
  // Not `recursive`: below /proc, Node would try the same two directories again and again, without an end.
  const isNew = await makeOne(directory).catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT' || dirname(directory) === directory) throw error
    await makeDirectory(dirname(directory))
    return makeOne(directory)
  })
  if (!isNew) return
  await giveNewDirectory(directory)
  await syncDirectory(dirname(directory))
}
