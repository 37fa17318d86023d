import type { FileHandle } from 'node:fs/promises'

const NEWLINE = 0x0a
const CHUNK_BYTES = 64 * 1024
/** No line is longer. A file is not searched further than this, so that a huge file delays nobody. */
const MAX_SEARCH_BYTES = 64 * 1024 * 1024

/** The fields that begin each line of the sink, in their order. The text in between is JSON. */
const LINE_START = /^\{"id":"(?:[^"\\]|\\.)*","app":\d+,"command":"/
const LINE_PARTS: readonly RegExp[] = [/^\{"id":"/, /^(?:[^"\\]|\\.)*/, /^","app":/, /^\d+/, /^,"command":"/]
const LITERALS: readonly string[] = ['{"id":"', '', '","app":', '', ',"command":"']

/** Returns whether a text is the beginning of a line of the sink. It may be cut at any place. */
const isLineStart = (text: string): boolean => {
  if (LINE_START.test(text)) return true
  let rest = text
  for (const [index, part] of LINE_PARTS.entries()) {
    const literal = LITERALS[index] ?? ''
    if (literal !== '' && literal.startsWith(rest)) return true
    const [matched] = part.exec(rest) ?? []
    if (matched === undefined) return false
    rest = rest.slice(matched.length)
    // A cut escape, such as a lone backslash, ends the text of an id.
    if (rest === '' || rest === '\\') return true
  }
  return true
}

const read = async (file: FileHandle, start: number, end: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
  return buffer.subarray(0, bytesRead)
}

const isZero = async (file: FileHandle, start: number, end: number): Promise<boolean> => {
  if (end - start > MAX_SEARCH_BYTES) return false
  for (let at = start; at < end; at += CHUNK_BYTES) {
    if ((await read(file, at, Math.min(end, at + CHUNK_BYTES))).some((byte) => byte !== 0)) return false
  }
  return true
}

/** Returns the offset behind the last newline, 0 without one, or undefined if it is too far from the end. */
const endOfLines = async (file: FileHandle, size: number): Promise<number | undefined> => {
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    if (size - end > MAX_SEARCH_BYTES) return undefined
    const start = Math.max(0, end - CHUNK_BYTES)
    const at = (await read(file, start, end)).lastIndexOf(NEWLINE)
    if (at !== -1) return start + at + 1
  }
  return 0
}

const SPACE = 0x20

const beginsWithLine = async (file: FileHandle, at: number, size: number): Promise<boolean> => {
  const bytes = await read(file, at, Math.min(size, at + CHUNK_BYTES))
  // JSON escapes control characters. So the first one ends the line, or a crash left zeros behind it.
  const end = bytes.findIndex((byte) => byte < SPACE)
  if (end !== -1 && bytes[end] !== NEWLINE && bytes[end] !== 0) return false
  const line = bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
  return bytes[end] === NEWLINE ? LINE_START.test(line) : isLineStart(line)
}

/**
 * Returns how many bytes of a file are complete lines of the file sink. The bytes behind them are a line that a crash cut short, or
 * zeros that a crash left. Returns undefined if another program wrote the file. Reads the beginning and the end of the file, not all.
 */
export const ownLength = async (file: FileHandle, size: number): Promise<number | undefined> => {
  if (await isZero(file, 0, size)) return 0
  // The first byte decides between zeros and text, which an empty beginning does not show.
  if ((await read(file, 0, 1))[0] === 0 || !(await beginsWithLine(file, 0, size))) return undefined
  const length = await endOfLines(file, size)
  if (length === undefined || length === size) return length
  if (length > 0 && (await isZero(file, length, size))) return length
  return (await read(file, length, length + 1))[0] !== 0 && (await beginsWithLine(file, length, size)) ? length : undefined
}
