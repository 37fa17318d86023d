import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** As much as the WAL holds before it is moved into the database: with it free, all of that can be moved, and the WAL starts anew. */
const BYTES = 16 * 2 ** 20
const CHUNK = Buffer.alloc(2 ** 20)

/**
 * Space on the disk that nobody uses: a file beside the journal. It is given up when the disk is full, so that what is stored can
 * still be delivered, and no event is taken until it is there again.
 */
export interface Reserve {
  /** Was it given up, and is there no room to have it again? Tries to. */
  readonly isMissing: () => boolean
  /** Gives it up; false when there is none to give. */
  readonly release: () => boolean
}

const fill = (file: string): boolean => {
  try {
    const handle = openSync(file, 'w', 0o640)
    try {
      for (let written = 0; written < BYTES; written += CHUNK.length) if (writeSync(handle, CHUNK) < CHUNK.length) return false
    } finally {
      closeSync(handle)
    }
    return true
  } catch {
    return false
  }
}

/** Sets space aside beside the journal at `path`, where the disk has twice as much; elsewhere the journal does without. */
export const createReserve = (path: string): Reserve => {
  const file = `${path}.reserve`

  const hasRoom = (): boolean => {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize >= 2 * BYTES
  }
  const take = (): boolean => {
    if (statSync(file, { throwIfNoEntry: false })?.size === BYTES) return true
    if (hasRoom() && fill(file)) return true
    rmSync(file, { force: true })
    return false
  }

  let held = take()
  let given = false
  return {
    isMissing: () => {
      if (given && take()) {
        held = true
        given = false
      }
      return given
    },
    release: () => {
      if (!held) return false
      rmSync(file, { force: true })
      held = false
      given = true
      return true
    },
  }
}
