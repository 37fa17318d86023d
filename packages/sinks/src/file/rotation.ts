import { open, readdir, rename, unlink } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { syncDirectory } from './directory.ts'

// No command can bring an @ into a path, so that nothing a sender makes up is ever taken for a file that was moved aside.
const MARK = '@'
const STAMP = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/

const stampOf = (moment: number): string => new Date(moment).toISOString().replace(/[:.]/g, '-')

const momentOf = (stamp: string): number => {
  const [, day, hours, minutes, seconds, ms] = STAMP.exec(stamp) ?? []
  return day === undefined ? Number.NaN : Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`)
}

/** The name that a file gets when it is moved aside, from the moment of its last line: `audit@2026-11-23T10-00-00-000Z.jsonl`. */
export const rotatedPath = (path: string, moment: number): string => {
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}${MARK}${stampOf(moment)}${ext}`)
}

interface Rotated {
  readonly path: string
  readonly moment: number
}

/** The files of this one path that were moved aside, the oldest first. */
const rotatedOf = async (path: string): Promise<readonly Rotated[]> => {
  const { dir, name, ext } = parse(path)
  const begin = `${name}${MARK}`
  const found = (await readdir(dir, { withFileTypes: true })).flatMap((each): readonly Rotated[] => {
    if (!each.isFile() || !each.name.startsWith(begin) || !each.name.endsWith(ext)) return []
    const moment = momentOf(each.name.slice(begin.length, each.name.length - ext.length))
    return Number.isNaN(moment) ? [] : [{ path: join(dir, each.name), moment }]
  })
  return found.sort((a, b) => a.moment - b.moment)
}

/** Makes an empty file under a name that nobody has: a rename would overwrite without a word. */
const reserve = async (path: string, moment: number): Promise<string> => {
  const target = rotatedPath(path, moment)
  try {
    await (await open(target, 'wx', 0o640)).close()
    return target
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return reserve(path, moment + 1)
    throw error
  }
}

/**
 * Gives a file the name of the moment of its last line, for good; gives that name. It is later than every name given before, also
 * where the clock was set back. A crash in between leaves an empty file under the new name, and everything where it was.
 */
export const moveAside = async (path: string, lastLine: number): Promise<string> => {
  const newest = (await rotatedOf(path)).at(-1)?.moment ?? Number.NEGATIVE_INFINITY
  const target = await reserve(path, Math.max(Math.floor(lastLine), newest + 1))
  try {
    await rename(path, target)
  } catch (error) {
    await unlink(target).catch(() => {})
    throw error
  }
  await syncDirectory(dirname(path))
  return target
}

/** Removes the oldest files that were moved aside from this path, so that `keep` stay; gives how many went. */
export const removeOldest = async (path: string, keep: number): Promise<number> => {
  const all = await rotatedOf(path)
  const old = all.slice(0, Math.max(0, all.length - keep))
  for (const each of old) await unlink(each.path)
  return old.length
}
