import { closeSync, openSync, readSync, realpathSync } from 'node:fs'
import { codeOf, messageOf } from './errors.ts'

const MAX_FILE_BYTES = 2 ** 20

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
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

/** Reads a UTF-8 file of at most 1 MiB. Returns its text, or why it cannot be read. */
export const readTextFile = (file: string): { readonly text: string } | { readonly reason: string } => {
  try {
    const bytes = readBytes(file)
    if (bytes.length > MAX_FILE_BYTES) return { reason: 'it is larger than 1 MiB' }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return { reason: error instanceof TypeError ? 'it is not UTF-8 text' : (reasons[codeOf(error)] ?? messageOf(error)) }
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
