import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { DEFAULT_CHECKPOINT_BYTES } from './checkpoint.ts'
import { createFile } from './file-modes.ts'

const CHUNK_BYTES = 2 ** 20
// It has room for everything that may wait in the WAL, and half as much again.
const MAX_RESERVE_BYTES = DEFAULT_CHECKPOINT_BYTES * 1.5
// On a small disk the reserve takes at most one part in eight.
const MIN_DISK_RATIO = 8

/** A file that keeps disk space free for the journal. Its content means nothing. */
export interface ReserveFile {
  /** The size of the file, in bytes, when it exists. */
  readonly bytes: number
  /** Returns how many bytes are free on the disk. */
  readonly freeBytes: () => number
  /** Creates the file unless it exists, and returns whether it exists now. Needs twice its size as free space. */
  readonly ensure: () => boolean
  readonly remove: () => void
}

/** The reserve file of the journal at `path`: 24 MiB, or an eighth of a small disk. Creates nothing yet. */
export const createReserveFile = (path: string): ReserveFile => {
  const file = `${path}.reserve`
  const disk = () => statfsSync(dirname(path))
  const { blocks, bsize } = disk()
  const bytes = Math.min(MAX_RESERVE_BYTES, Math.floor((blocks * bsize) / MIN_DISK_RATIO))

  const exists = () => statSync(file, { throwIfNoEntry: false })?.size === bytes
  const freeBytes = () => {
    const { bavail, bsize: blockBytes } = disk()
    return bavail * blockBytes
  }
  const remove = () => rmSync(file, { force: true })

  const fill = () => {
    // Random bytes, since a file system that compresses would store zeros in no space.
    const chunk = randomBytes(Math.min(bytes, CHUNK_BYTES))
    createFile(file)
    const handle = openSync(file, 'w')
    try {
      for (let left = bytes; left > 0; ) left -= writeSync(handle, chunk, 0, Math.min(chunk.byteLength, left))
    } finally {
      closeSync(handle)
    }
  }

  return {
    bytes,
    freeBytes,
    remove,
    ensure: () => {
      if (exists()) return true
      if (freeBytes() < 2 * bytes) return false
      try {
        fill()
        return true
      } catch {
        // Another program took the space first. The journal works without the file.
        remove()
        return false
      }
    },
  }
}
