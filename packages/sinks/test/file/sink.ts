import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Log, type SinkWriter, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { file } from '@callboard/sinks'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

export const event = eventOf(groupDestroyed)

/** A signal that never aborts. */
export const live = (): AbortSignal => new AbortController().signal

/** A delivery of an event that differs in this from the usual one. */
export const delivery = (overrides = {}) => ({ event: { ...event, ...overrides }, sink: 'audit', attempt: 1 })

/** Runs with a directory that is removed afterwards. */
export const inDirectory = async (work: (directory: string) => Promise<void>) => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-file-'))
  try {
    await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What the sink is opened with. */
export interface Around {
  readonly log?: Log
  readonly now?: () => number
}

/** Runs with a sink that is closed afterwards. */
export const opened = async (
  options: Parameters<typeof file>[0],
  work: (open: SinkWriter) => Promise<void>,
  { log = silentLog, now = Date.now }: Around = {},
) => {
  const open = await file(options).open({ name: 'audit', log, now, concurrency: 1 })
  try {
    await work(open)
  } finally {
    await open.close?.()
  }
}

/** The lines of a file, all of which must be whole. */
export const linesOf = async (path: string): Promise<readonly unknown[]> => {
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).to.equal(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The ids in some files, in order, all of whose lines must be whole. */
export const idsOf = async (...paths: readonly string[]): Promise<readonly string[]> => {
  const lines = await Promise.all(paths.map(linesOf))
  return lines.flat().map((line) => {
    if (typeof line === 'object' && line !== null && 'id' in line && typeof line.id === 'string') return line.id
    throw new Error('a line without an id')
  })
}

/** How many files below a directory this process has open. */
export const openFiles = async (directory: string): Promise<number> => {
  const descriptors = await readdir('/proc/self/fd')
  const paths = await Promise.all(descriptors.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')))
  return paths.filter((path) => path.startsWith(directory)).length
}

/** What something throws. */
export const errorOf = async (work: unknown): Promise<NodeJS.ErrnoException> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
