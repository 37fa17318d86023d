import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import type { OpenFile } from './appender.ts'
import { makeDirectory, syncDirectory } from './directory.ts'

const NEWLINE = 0x0a
const LOOK_BACK = 64 * 1024
// Read by its owner and its group: bodies are personal data.
const MODE = 0o640
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

// How our lines begin. A crash may leave zeros instead of what was written.
const BEGINNING = Buffer.from('{"id":"')
const isOurs = (torn: Buffer): boolean => {
  const begins = torn.subarray(0, BEGINNING.length)
  return begins.equals(BEGINNING.subarray(0, begins.length)) || begins[0] === 0
}

/** Where the last whole line ends: what is behind it is left of a line that a crash tore, and that nobody was promised. */
const endOfLines = async (file: FileHandle, size: number): Promise<number> => {
  for (let end = size; end > 0; end -= LOOK_BACK) {
    const start = Math.max(0, end - LOOK_BACK)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (at !== -1) return start + at + 1
  }
  return 0
}

/** Cuts a torn last line off; gives the length of what is left. */
const repair = async (file: FileHandle, path: string, size: number, repaired: (bytes: number) => void): Promise<number> => {
  const length = await endOfLines(file, size)
  if (length === size) return size
  const { buffer } = await file.read(Buffer.alloc(BEGINNING.length), 0, Math.min(BEGINNING.length, size - length), length)
  if (!isOurs(buffer.subarray(0, size - length))) throw new Error(`${path} ends with something that this sink has not written`)
  await file.truncate(length)
  await file.datasync()
  repaired(size - length)
  return length
}

/** Links inside `root` must not lead out of it; the ones on the way to it are the operator's own. */
const staysInside = async (root: string, directory: string): Promise<boolean> =>
  !/^\.\.(\/|$)/.test(relative(await realpath(root), await realpath(directory)))

/**
 * Opens a file for appending and makes it, and the directories on the way, where they are missing; below `root` nothing may be a
 * symbolic link that leads elsewhere. A torn last line is cut off, which `repaired` is told.
 */
export const openFile = async (root: string, path: string, repaired: (bytes: number) => void): Promise<OpenFile> => {
  const directory = dirname(path)
  await makeDirectory(directory)
  if (!(await staysInside(root, directory))) throw new Error(`${directory} leads out of ${root}`)
  const file = await open(path, FLAGS, MODE)
  try {
    const stat = await file.stat({ bigint: true })
    const known = { file, dev: stat.dev, ino: stat.ino, lastLine: Number(stat.mtimeMs) }
    // A device such as /dev/null has no length and no last line.
    if (!stat.isFile()) return { ...known, length: 0, regular: false }
    const length = await repair(file, path, Number(stat.size), repaired)
    if (length === 0) await syncDirectory(directory)
    return { ...known, length, regular: true }
  } catch (error) {
    await file.close()
    throw error
  }
}
