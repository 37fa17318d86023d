import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'

/** A file that a server uses, and what for: `the journal`. */
export interface UsedFile {
  readonly path: string
  readonly use: string
}

/** A file sink. `path` may be a template. */
export interface FileSink {
  readonly name: string
  readonly path: string
  readonly rotates: boolean
}

/** A file sink that would write to a file of another part. */
export interface FileCollision {
  readonly sink: string
  readonly message: string
}

const JOURNAL_SUFFIXES = ['', '-wal', '-shm', '-journal', '.lock', '.lock-journal', '.reserve'] as const

/** Returns the file of a journal and the files beside it. */
export const journalFiles = (path: string): readonly UsedFile[] =>
  JOURNAL_SUFFIXES.map((suffix) => ({ path: `${path}${suffix}`, use: `the journal ${path}` }))

/** Returns a path with every symbolic link resolved, as far as its parts exist. */
const realPathOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realPathOf(dirname(path)), basename(path))
  }
}

/** Returns undefined also for a path that cannot be reached, such as one whose name is too long. Its opening says why. */
const statsOf = (path: string) => {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** Returns what is equal for two names of one file, also for two hard links. */
const identitiesOf = (path: string): readonly string[] => {
  const found = statsOf(path)
  return found?.isFile() ? [realPathOf(path), `${found.dev}:${found.ino}`] : [realPathOf(path)]
}

const ROTATION_STAMP = /^@\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/

/** Returns whether a path has the form that the rotated files of another path get. */
const isRotatedPath = (path: string, original: string): boolean => {
  const [{ dir, name, ext }, from] = [parse(path), parse(original)]
  return dir === from.dir && ext === from.ext && name.startsWith(from.name) && ROTATION_STAMP.test(name.slice(from.name.length))
}

/**
 * Returns each sink that would write to a file of another part or of an earlier sink. Two templates collide if they are equal. Looks at
 * the file system for links, and changes nothing.
 */
export const fileCollisions = (sinks: readonly FileSink[], used: readonly UsedFile[]): readonly FileCollision[] => {
  const useOf = new Map(used.flatMap(({ path, use }) => identitiesOf(path).map((identity) => [identity, use] as const)))
  const rotating: { readonly path: string; readonly name: string }[] = []
  const collisions: FileCollision[] = []
  for (const { name, path, rotates } of sinks) {
    const identities = identitiesOf(path)
    const real = realPathOf(path)
    const rotated = rotating.find((other) => isRotatedPath(real, other.path))
    const use = identities.map((identity) => useOf.get(identity)).find((found) => found !== undefined)
    const other = use ?? (rotated && `the sink ${JSON.stringify(rotated.name)}, when it rotates`)
    if (other !== undefined)
      collisions.push({ sink: name, message: `cannot write to ${path}: ${other} uses this file; choose another path` })
    for (const identity of identities) if (!useOf.has(identity)) useOf.set(identity, `the sink ${JSON.stringify(name)}`)
    if (rotates) rotating.push({ path: real, name })
  }
  return collisions
}
