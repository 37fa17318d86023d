import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import type { OpenFile } from './appender.ts'
import { makeDirectory, syncDirectory } from './directory.ts'

const NEWLINE = 0x0a
const READ_BACK_BYTES = 64 * 1024
/** No access for others: bodies are personal data. */
export const FILE_MODE = 0o640
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

const LINE_START = Buffer.from('{"id":"')
/** Tells whether this sink wrote the incomplete line. A crash may leave zeros in its place. */
const isOwnLine = (line: Buffer): boolean => {
  const start = line.subarray(0, LINE_START.length)
  return start.equals(LINE_START.subarray(0, start.length)) || start[0] === 0
}

/** Returns the offset behind the last newline. The bytes behind it are a line that a crash cut short. */
const endOfLines = async (file: FileHandle, size: number): Promise<number> => {
  for (let end = size; end > 0; end -= READ_BACK_BYTES) {
    const start = Math.max(0, end - READ_BACK_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (at !== -1) return start + at + 1
  }
  return 0
}

/** Removes an incomplete last line. Returns the length of the rest. Throws when this sink did not write that line. */
const repair = async (file: FileHandle, path: string, size: number, onTruncated: (bytes: number) => void): Promise<number> => {
  const length = await endOfLines(file, size)
  if (length === size) return size
  const { buffer } = await file.read(Buffer.alloc(LINE_START.length), 0, Math.min(LINE_START.length, size - length), length)
  if (!isOwnLine(buffer.subarray(0, size - length)))
    throw new Error(`cannot append to ${path}: it ends with an incomplete line of another program; choose another path`)
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
 * `onTruncated` gets the number of removed bytes. Throws when a symbolic link below `root` leads out of `root`.
 */
export const openFile = async (root: string, path: string, onTruncated: (bytes: number) => void): Promise<OpenFile> => {
  const directory = dirname(path)
  await makeDirectory(directory)
  if (!(await isInside(root, directory))) throw new Error(`cannot open ${path}: a symbolic link leads out of ${root}`)
  const file = await open(path, FLAGS, FILE_MODE)
  try {
    const stat = await file.stat({ bigint: true })
    const opened = { file, dev: stat.dev, ino: stat.ino, lastLineAt: Number(stat.mtimeMs) }
    if (!stat.isFile()) return { ...opened, length: 0, isRegular: false }
    const length = await repair(file, path, Number(stat.size), onTruncated)
    if (length === 0) await syncDirectory(directory)
    return { ...opened, length, isRegular: true }
  } catch (error) {
    await file.close()
    throw error
  }
}
