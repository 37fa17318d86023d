import { closeSync, openSync, readSync, realpathSync } from 'node:fs'
import { codeOf, systemMessage } from './errors.ts'

const MAX_FILE_BYTES = 2 ** 20

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is a file, not a directory',
}

/** Reads a file to its end, but at most one byte more than the limit, so that the caller can tell a file that is too large. The size of the file is not used: a device or a pipe has none. */
const readBytes = (file: string): Buffer => {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(MAX_FILE_BYTES + 1)
    let length = 0
    for (;;) {
      const read = readSync(handle, bytes, length, bytes.length - length, null)
      length += read
      if (read === 0 || length === bytes.length) return bytes.subarray(0, length)
    }
  } finally {
    closeSync(handle)
  }
}

/** Why a file cannot be read. */
interface Unreadable {
  readonly reason: string
}

/** Reads a file of at most 1 MiB. Returns its bytes, or why it cannot be read. */
export const readSmallFile = (file: string): { readonly bytes: Buffer } | Unreadable => {
  try {
    const bytes = readBytes(file)
    return bytes.length > MAX_FILE_BYTES ? { reason: 'it is larger than 1 MiB' } : { bytes }
  } catch (error) {
    return { reason: reasons[codeOf(error)] ?? systemMessage(error) }
  }
}

/** Reads a UTF-8 file of at most 1 MiB. Returns its text, or why it cannot be read. */
export const readTextFile = (file: string): { readonly text: string } | Unreadable => {
  const read = readSmallFile(file)
  if ('reason' in read) return read
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes) }
  } catch {
    return { reason: 'it is not UTF-8 text' }
  }
}

/** Returns the path of a file with every symbolic link resolved. Returns undefined if the file is missing. */
export const realPath = (file: string): string | undefined => {
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}
