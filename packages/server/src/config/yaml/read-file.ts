import { closeSync, openSync, readSync } from 'node:fs'

const MAX_FILE_BYTES = 2 ** 20

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
}
const wordsOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return sentences[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Reads to the end or to just beyond the cap, whichever comes first: a device or a pipe has no size to ask for. */
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

/** A file of at most 1 MiB of UTF-8 as text, or why it could not be read. */
export const readTextFile = (file: string): { readonly text: string } | { readonly refused: string } => {
  try {
    const bytes = readBytes(file)
    if (bytes.length > MAX_FILE_BYTES) return { refused: 'it is larger than 1 MiB' }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return { refused: error instanceof TypeError ? 'it is not UTF-8 text' : wordsOf(error) }
  }
}
