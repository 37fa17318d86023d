import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { JournalOpenError } from '../errors.ts'
import { errorCode, errorDetail } from '../util/errors.ts'
import { refuseNetworkFilesystem } from './network-filesystem.ts'

// These functions ask the system about the path of a journal. They open and write nothing.

// Magic numbers of statfs(2). The kernel shows its own data as these file systems.
const KERNEL_FILESYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x1cd1, 'devpts'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0x62656570, 'configfs'],
  [0xcafe4a11, 'bpf'],
])

const filesystemOf = (path: string): number => statfsSync(path).type >>> 0

const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)))

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: '; run this command as its owner, or give this user the right to use it',
  EPERM: '; run this command as its owner, or give this user the right to use it',
  EROFS: '; choose another path',
  ENAMETOOLONG: '; choose a shorter path',
}

/** Returns the error of the journal for an error of the system about `path`. */
export const openErrorFrom = (path: string, error: unknown): JournalOpenError =>
  new JournalOpenError(path, errorCode(error), `${errorDetail(error)}${ADVICE[errorCode(error)] ?? ''}`)

/** Asks the system. Throws its error as JournalOpenError. */
const ask = <A>(path: string, question: () => A): A => {
  try {
    return question()
  } catch (error) {
    throw openErrorFrom(path, error)
  }
}

/** Throws JournalOpenError if a journal cannot be in this directory, or if the directory cannot be created. */
export const requireUsableDirectory = (directory: string): void => {
  // Fails for a name that is too long, and for links in a loop.
  ask(directory, () => statSync(directory, { throwIfNoEntry: false }))
  const nearest = nearestExisting(directory)
  if (!statSync(nearest).isDirectory()) throw new JournalOpenError(nearest, 'ENOTDIR', 'it is not a directory; choose another path')
  const kernelFilesystem = KERNEL_FILESYSTEMS.get(filesystemOf(nearest))
  if (kernelFilesystem !== undefined)
    throw new JournalOpenError(directory, 'ENOENT', `${kernelFilesystem} does not store files; put it on a local disk`)
  const read = nearest === directory ? constants.R_OK : 0
  ask(nearest, () => accessSync(nearest, read | constants.W_OK | constants.X_OK))
  refuseNetworkFilesystem(directory, () => filesystemOf(nearest))
}

/** Throws JournalOpenError if the path names something that is no file, or a file that this process may not write. */
export const requireUsableFile = (path: string): void => {
  const found = ask(path, () => statSync(path, { throwIfNoEntry: false }))
  if (!found) return
  if (found.isDirectory()) throw new JournalOpenError(path, 'EISDIR', 'it is a directory; name a file in it')
  if (!found.isFile()) throw new JournalOpenError(path, 'EINVAL', 'it is not a regular file; choose another path')
  ask(path, () => accessSync(path, constants.R_OK | constants.W_OK))
}
