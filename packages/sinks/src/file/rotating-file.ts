import { lstat, stat } from 'node:fs/promises'
import { codeOf } from '../shared/errors.ts'
import type { AppendTarget, OpenFile } from './appender.ts'
import type { RotateOptions } from './options.ts'
import { removeOldest, renameToRotated } from './rotation.ts'

const DAY_MS = 86_400_000

const dayOf = (time: number): number => Math.floor(time / DAY_MS)

/** Tells whether the file must be rotated before it gets `bytes` more bytes. An empty file is never rotated. */
const isDue = ({ size, every }: RotateOptions, { length, lastLineAt }: OpenFile, bytes: number, now: number): boolean =>
  length > 0 && ((size !== undefined && length + bytes > size) || (every === 'day' && dayOf(lastLineAt) < dayOf(now)))

/** Tells whether the path still names this file with all its bytes. Another program may have moved, removed or emptied it. */
const isAtPath = async (path: string, followsLinks: boolean, { dev, ino, length }: OpenFile): Promise<boolean> => {
  const found = await (followsLinks ? stat : lstat)(path, { bigint: true })
  return found.dev === dev && found.ino === ino && found.size >= length
}

/** The dependencies of a rotating file. */
export interface RotatingFileOptions {
  readonly path: string
  /** Whether the path may be a symbolic link to the file. */
  readonly followsLinks: boolean
  /** Opens the file at the path, or makes it. */
  readonly open: () => Promise<OpenFile>
  readonly now: () => number
  readonly rotate?: RotateOptions | undefined
  /** Called after a rotation with the new path and the number of removed files. */
  readonly onRotated: (to: string, removed: number) => void
  /** Called when old rotated files cannot be removed. The line is written nevertheless. */
  readonly onRemoveFailed: (error: unknown) => void
}

/** Creates the append target of one path. It opens the path again when another program moves the file, and rotates the file when that is due. */
export const createRotatingFile = ({
  path,
  followsLinks,
  open,
  now,
  rotate,
  onRotated,
  onRemoveFailed,
}: RotatingFileOptions): AppendTarget => {
  const removeOld = async (at: string, keep: number | undefined): Promise<number> => {
    try {
      return keep === undefined ? 0 : await removeOldest(at, keep)
    } catch (error) {
      onRemoveFailed(error)
      return 0
    }
  }

  const reopen = async (current: OpenFile): Promise<OpenFile> => {
    await current.file.close().catch(() => {})
    return open()
  }

  const follow = async (current: OpenFile): Promise<OpenFile> =>
    (await isAtPath(path, followsLinks, current).catch(() => false)) ? current : reopen(current)

  const rotateFile = async (current: OpenFile): Promise<OpenFile> => {
    try {
      const to = await renameToRotated(current.path, current.lastLineAt)
      onRotated(to, await removeOld(current.path, rotate?.keep))
    } finally {
      await current.file.close().catch(() => {})
    }
    return open()
  }

  return {
    prepare: async (current, bytes) => {
      if (!current.isRegular) return current
      const found = await follow(current)
      const next = rotate && isDue(rotate, found, bytes, now()) ? await rotateFile(found) : found
      return { ...next, lastLineAt: now() }
    },
    confirm: async (current) => {
      if (!current.isRegular) return
      const isThere = await isAtPath(path, followsLinks, current).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return false
        throw error
      })
      if (!isThere) throw new Error(`another program moved, removed or truncated ${path} during the write; the line will be written again`)
    },
  }
}
