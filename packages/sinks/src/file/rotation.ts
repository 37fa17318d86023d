import { open, readdir, rename, unlink } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { codeOf } from '../shared/errors.ts'
import { syncDirectory } from './directory.ts'
import { FILE_MODE } from './open-file.ts'

// No command can bring an @ into a path, so no file of a command looks like a rotated file.
const MARK = '@'
const STAMP = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/

const stampOf = (time: number): string => new Date(time).toISOString().replace(/[:.]/g, '-')

const timeOf = (stamp: string): number => {
  const [, day, hours, minutes, seconds, ms] = STAMP.exec(stamp) ?? []
  return day === undefined ? Number.NaN : Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`)
}

/** Returns the path of a rotated file. It names the time of the last line: `audit@2026-11-23T10-00-00-000Z.jsonl`. */
export const rotatedPath = (path: string, time: number): string => {
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}${MARK}${stampOf(time)}${ext}`)
}

interface RotatedFile {
  readonly path: string
  /** Milliseconds since the Unix epoch, as in its name. */
  readonly time: number
}

/** Returns the rotated files of one path, the oldest first. */
const rotatedFilesOf = async (path: string): Promise<readonly RotatedFile[]> => {
  const { dir, name, ext } = parse(path)
  const prefix = `${name}${MARK}`
  const files = (await readdir(dir, { withFileTypes: true })).flatMap((entry): readonly RotatedFile[] => {
    if (!entry.isFile() || !entry.name.startsWith(prefix) || !entry.name.endsWith(ext)) return []
    const time = timeOf(entry.name.slice(prefix.length, entry.name.length - ext.length))
    return Number.isNaN(time) ? [] : [{ path: join(dir, entry.name), time }]
  })
  return files.sort((a, b) => a.time - b.time)
}

/** Makes an empty file under a free name, because a rename overwrites silently. Returns its path. */
const reservePath = async (path: string, time: number): Promise<string> => {
  const target = rotatedPath(path, time)
  try {
    await (await open(target, 'wx', FILE_MODE)).close()
    return target
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return reservePath(path, time + 1)
    throw error
  }
}

/**
 * Renames a file to its rotated path, syncs the directory and returns the new path. Each name is later than all before, also when
 * the clock is set back. A crash in between leaves an empty file under the new name and the original in place.
 */
export const renameToRotated = async (path: string, lastLineAt: number): Promise<string> => {
  const newest = (await rotatedFilesOf(path)).at(-1)?.time ?? Number.NEGATIVE_INFINITY
  const target = await reservePath(path, Math.max(Math.floor(lastLineAt), newest + 1))
  try {
    await rename(path, target)
  } catch (error) {
    await unlink(target).catch(() => {})
    throw error
  }
  await syncDirectory(dirname(path))
  return target
}

/** Removes the oldest rotated files of a path, so that `keep` stay. Returns the number of removed files. */
export const removeOldest = async (path: string, keep: number): Promise<number> => {
  const files = await rotatedFilesOf(path)
  const old = files.slice(0, Math.max(0, files.length - keep))
  for (const file of old) await unlink(file.path)
  return old.length
}
