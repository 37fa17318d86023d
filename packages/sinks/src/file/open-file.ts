import { constants, type Stats } from 'node:fs'
import { access, type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { codeOf, isForbidden, isMissing } from '../shared/errors.ts'
import type { OpenFile } from './appender.ts'
import { giveToOwnerOf, makeDirectory, syncDirectory } from './directory.ts'
import { ownLength } from './own-content.ts'
import { followLinks } from './resolve-path.ts'

/** No access for others: bodies are personal data. */
export const FILE_MODE = 0o640
// Without O_NONBLOCK a named pipe without a reader would block the opening for ever.
const COMMON_FLAGS = constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Where a sink writes. */
export interface FilePlace {
  /** The deepest directory that is the same for all events. */
  readonly root: string
  /** False if the operator named the whole path. Its symbolic links are then followed. */
  readonly isTemplate: boolean
}

const cannotWrite = (path: string, cause: string, remedy: string, code?: string): Error =>
  Object.assign(new Error(`cannot write to ${path}: ${cause}; ${remedy}`), code !== undefined && { code })

const OTHER_PATH = 'choose another path'

const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

const PART_OF_DATABASE = /(?:-wal|-shm|-journal|\.lock|\.reserve)$/

/** Tells by names whether a file belongs to an SQLite database, such as the journal. To open and close it would drop the locks of this process. */
const belongsToDatabase = async (path: string): Promise<boolean> =>
  (await exists(`${path}-shm`)) ||
  (await exists(`${path}-wal`)) ||
  (PART_OF_DATABASE.test(path) && exists(path.replace(PART_OF_DATABASE, '')))

/** Throws for what a sink never writes to. It opens nothing. */
const refuseKind = async (path: string, found: Stats): Promise<void> => {
  if (found.isSymbolicLink())
    throw cannotWrite(path, 'it is a symbolic link below the part of the path that is fixed', `remove it, or ${OTHER_PATH}`, 'ELOOP')
  if (found.isDirectory()) throw cannotWrite(path, 'it is a directory', `name a file in it, or ${OTHER_PATH}`, 'EISDIR')
  if (found.isBlockDevice()) throw cannotWrite(path, 'it is a block device, such as a disk', OTHER_PATH)
  if (found.isSocket()) throw cannotWrite(path, 'it is a socket', OTHER_PATH)
  if (found.isFile() && (await belongsToDatabase(path))) throw cannotWrite(path, 'it belongs to an SQLite database', OTHER_PATH)
}

const foreignContent = (path: string): Error =>
  cannotWrite(path, 'another program wrote this file, or its last line', `move the file away, or ${OTHER_PATH}`)

/** Opens what `lstat` found, or makes a file if it found nothing. */
const openFound = async (path: string, found: Stats | undefined): Promise<FileHandle> => {
  if (found === undefined) {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | COMMON_FLAGS, FILE_MODE)
    await giveToOwnerOf(dirname(path), file).catch(() => {})
    return file
  }
  if (found.isFile()) return open(path, constants.O_RDWR | COMMON_FLAGS)
  return open(path, constants.O_WRONLY | COMMON_FLAGS).catch((error: unknown) => {
    if (codeOf(error) !== 'ENXIO') throw error
    throw cannotWrite(path, 'no program reads this named pipe', 'start its reader', 'ENXIO')
  })
}

/** Removes an incomplete last line. Returns the length of the rest. Throws if another program wrote the file. */
const repair = async (file: FileHandle, path: string, size: number, onTruncated: (bytes: number) => void): Promise<number> => {
  const length = await ownLength(file, size)
  if (length === undefined) throw foreignContent(path)
  if (length === size) return size
  await file.truncate(length)
  await file.datasync()
  onTruncated(size - length)
  return length
}

/** Symbolic links below `root` must not lead out of it. Links on the way to `root` are the operator's own. */
const isInside = async (root: string, directory: string): Promise<boolean> =>
  !/^\.\.(\/|$)/.test(relative(await realpath(root), await realpath(directory)))

/**
 * Opens a file for appending. Makes the file and its directories if they are missing, and removes an incomplete last line.
 * `onTruncated` gets the number of removed bytes. Throws if another program wrote the file, and does not change it. Throws for a
 * directory, for a disk, for a named pipe without a reader, and for a symbolic link that a placeholder led to.
 */
export const openFile = async ({ root, isTemplate }: FilePlace, named: string, onTruncated: (bytes: number) => void): Promise<OpenFile> => {
  const path = isTemplate ? named : await followLinks(named)
  const directory = dirname(path)
  await makeDirectory(directory)
  if (isTemplate && !(await isInside(root, directory)))
    throw cannotWrite(path, `a symbolic link leads out of ${root}`, `remove it, or ${OTHER_PATH}`)
  const found = await statOf(path)
  if (found) await refuseKind(path, found)
  const file = await openFound(path, found)
  try {
    const stats = await file.stat({ bigint: true })
    const opened = { file, path, dev: stats.dev, ino: stats.ino, lastLineAt: Number(stats.mtimeMs) }
    if (!stats.isFile()) return { ...opened, length: 0, isRegular: false }
    const length = await repair(file, path, Number(stats.size), onTruncated)
    if (length === 0) await syncDirectory(directory)
    return { ...opened, length, isRegular: true }
  } catch (error) {
    await file.close()
    throw error
  }
}

const firstExisting = async (directory: string): Promise<string> =>
  dirname(directory) === directory || (await statOf(directory)) ? directory : firstExisting(dirname(directory))

const systemProblem = (path: string, error: unknown): string =>
  `cannot write to ${path}: ${codeOf(error) ?? error}; ${isForbidden(error) ? 'give this user the right to write, or ' : ''}${OTHER_PATH}`

const accessProblem = (path: string, mode: number): Promise<string | undefined> =>
  access(path, mode).then(
    () => undefined,
    (error: unknown) => systemProblem(path, error),
  )

const directoryProblem = async (directory: string): Promise<string | undefined> => {
  const existing = await firstExisting(directory)
  if (!(await stat(existing)).isDirectory()) return `cannot make ${directory}: ${existing} is not a directory; ${OTHER_PATH}`
  return accessProblem(existing, constants.W_OK | constants.X_OK)
}

/** Returns why `openFile` would refuse a path, as one sentence. Changes and makes nothing. Opens no pipe and no device. */
export const findProblem = async ({ root, isTemplate }: FilePlace, named: string): Promise<string | undefined> => {
  try {
    if (isTemplate) return await directoryProblem(root)
    const path = await followLinks(named)
    const found = await statOf(path)
    if (!found) return await directoryProblem(dirname(path))
    await refuseKind(path, found)
    const problem = await accessProblem(path, found.isFile() ? constants.R_OK | constants.W_OK : constants.W_OK)
    if (problem !== undefined || !found.isFile()) return problem
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      return (await ownLength(file, Number((await file.stat()).size))) === undefined ? foreignContent(path).message : undefined
    } finally {
      await file.close()
    }
  } catch (error) {
    return error instanceof Error && !('syscall' in error) ? error.message : systemProblem(named, error)
  }
}
