import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Log, type SinkWriter, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { file } from '@callboard/sinks'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

export const event = eventOf(groupDestroyed)

/** Returns a signal that never aborts. */
export const neverAborted = (): AbortSignal => new AbortController().signal

/** Returns a delivery of the sample event, with `overrides` as changed fields of the event. */
export const delivery = (overrides = {}) => ({ event: { ...event, ...overrides }, sink: 'audit', attempt: 1 })

/** Returns a line as the file sink writes it. */
export const lineWithId = (id: string, body: unknown = {}): string => `${JSON.stringify({ id, app: 1, command: 'A.B', key: null, body })}\n`

/** Calls `work` with a new temporary directory and removes the directory afterwards. */
export const withTemporaryDirectory = async (work: (directory: string) => Promise<void>) => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-file-'))
  try {
    await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The log and the clock that a file sink uses. */
export interface SinkDependencies {
  readonly log?: Log
  readonly now?: () => number
}

/** Opens a file sink, calls `work` with its writer and closes the writer afterwards. */
export const withFileSink = async (
  options: Parameters<typeof file>[0],
  work: (writer: SinkWriter) => Promise<void>,
  { log = silentLog, now = Date.now }: SinkDependencies = {},
) => {
  const writer = await file(options).open({ name: 'audit', log, now, concurrency: 1 })
  try {
    await work(writer)
  } finally {
    await writer.close?.()
  }
}

/** Parses each line of a file as JSON. Throws if a line is incomplete. */
export const linesOf = async (path: string): Promise<readonly unknown[]> => {
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).to.equal(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Returns the event ids of all lines in the files, in the order of the files and lines. Throws if a line is incomplete. */
export const idsOf = async (...paths: readonly string[]): Promise<readonly string[]> => {
  const lines = await Promise.all(paths.map(linesOf))
  return lines.flat().map((line) => {
    if (typeof line === 'object' && line !== null && 'id' in line && typeof line.id === 'string') return line.id
    throw new Error('a line has no id')
  })
}

/** Counts the files below a directory that this process has open. */
export const countOpenFiles = async (directory: string): Promise<number> => {
  const descriptors = await readdir('/proc/self/fd')
  const paths = await Promise.all(descriptors.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')))
  return paths.filter((path) => path.startsWith(directory)).length
}

/** Returns the error that the promise rejects with. Throws if the promise resolves. */
export const errorOf = async (work: unknown): Promise<NodeJS.ErrnoException> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('the promise did not reject with an error')
}
