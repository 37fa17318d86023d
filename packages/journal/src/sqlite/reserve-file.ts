import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { REGULAR } from './checkpoint.ts'

const CHUNK = 2 ** 20
// All that may wait in the WAL has to fit into it, and half as much again.
const MOST = REGULAR * 1.5
// A small disk is not to be filled by what is kept for when it is full.
const SHARE = 8

/** A file that takes up room on the disk of the journal until that is needed for something better. */
export interface Ballast {
  /** How large it is where it is. */
  readonly bytes: number
  /** Bytes that are free on the disk. */
  readonly room: () => number
  /** Makes it where it is missing; whether it is there now. Half of the room is left to others. */
  readonly make: () => boolean
  readonly drop: () => void
}

/** The ballast of the journal at `path`: 24 MiB, or an eighth of a small disk. Nothing is made yet. */
export const createBallast = (path: string): Ballast => {
  const file = `${path}.reserve`
  const disk = () => statfsSync(dirname(path))
  const { blocks, bsize } = disk()
  const bytes = Math.min(MOST, Math.floor((blocks * bsize) / SHARE))

  const isThere = () => statSync(file, { throwIfNoEntry: false })?.size === bytes
  const room = () => {
    const { bavail, bsize: unit } = disk()
    return bavail * unit
  }
  const drop = () => rmSync(file, { force: true })

  const fill = () => {
    // Zeros would take up no room on a disk that compresses.
    const chunk = randomBytes(Math.min(bytes, CHUNK))
    const handle = openSync(file, 'w')
    try {
      for (let left = bytes; left > 0; ) left -= writeSync(handle, chunk, 0, Math.min(chunk.byteLength, left))
    } finally {
      closeSync(handle)
    }
  }

  return {
    bytes,
    room,
    drop,
    make: () => {
      if (isThere()) return true
      if (room() < 2 * bytes) return false
      try {
        fill()
        return true
      } catch {
        // Somebody else was quicker; there is no ballast then, and nothing worse.
        drop()
        return false
      }
    },
  }
}
