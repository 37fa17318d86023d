import { lstat } from 'node:fs/promises'
import type { OpenFile, Place } from './appender.ts'
import type { Rotate } from './options.ts'
import { moveAside, removeOldest } from './rotation.ts'

const dayOf = (moment: number): number => Math.floor(moment / 86_400_000)

/** Is this file to be moved aside before it takes so many bytes more? One without a line never is. */
const isDue = ({ size, every }: Rotate, { length, lastLine }: OpenFile, bytes: number, now: number): boolean =>
  length > 0 && ((size !== undefined && length + bytes > size) || (every === 'day' && dayOf(lastLine) < dayOf(now)))

const missing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Does the path name this file, with everything in it? Somebody may have moved, removed or emptied it. */
const names = async (path: string, { dev, ino, length }: OpenFile): Promise<boolean> => {
  const found = await lstat(path, { bigint: true })
  return found.dev === dev && found.ino === ino && found.size >= length
}

/** What a place needs. */
export interface PlaceOptions {
  readonly path: string
  /** Opens what is at the path, or makes it. */
  readonly open: () => Promise<OpenFile>
  readonly now: () => number
  readonly rotate?: Rotate | undefined
  /** Is told of each file that was moved aside, and of how many old ones went. */
  readonly rotated: (to: string, removed: number) => void
  /** Is told why old files could not be removed: a line is written all the same. */
  readonly stuck: (error: unknown) => void
}

/** A path, whatever file is behind it: followed when somebody else moves the file, and moved aside when that is due. */
export const createPlace = ({ path, open, now, rotate, rotated, stuck }: PlaceOptions): Place => {
  const clear = async (keep: number | undefined): Promise<number> => {
    try {
      return keep === undefined ? 0 : await removeOldest(path, keep)
    } catch (error) {
      stuck(error)
      return 0
    }
  }

  /** The file that is at the path afterwards, instead of this one. */
  const instead = async (current: OpenFile, before: () => Promise<void>): Promise<OpenFile> => {
    try {
      await before()
    } finally {
      await current.file.close().catch(() => {})
    }
    return open()
  }

  const follow = async (current: OpenFile): Promise<OpenFile> =>
    (await names(path, current).catch(() => false)) ? current : instead(current, async () => {})

  const turn = (current: OpenFile): Promise<OpenFile> =>
    instead(current, async () => {
      const to = await moveAside(path, current.lastLine)
      rotated(to, await clear(rotate?.keep))
    })

  return {
    before: async (current, bytes) => {
      if (!current.regular) return current
      const found = await follow(current)
      const next = rotate && isDue(rotate, found, bytes, now()) ? await turn(found) : found
      return { ...next, lastLine: now() }
    },
    after: async (current) => {
      if (!current.regular) return
      const there = await names(path, current).catch((error: unknown) => {
        if (missing(error)) return false
        throw error
      })
      if (!there) throw new Error(`${path} was moved, removed or cut while it was written to`)
    },
  }
}
