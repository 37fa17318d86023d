import { resolve } from 'node:path'
import { defineSink, type SinkEvent, strictStruct } from '@callboard/core'
import * as t from 'io-ts'
import { makeDirectory } from './file/directory.ts'
import { fixedDirectory, pathOf, unknownPlaceholders } from './file/path.ts'
import { createShelf } from './file/shelf.ts'

/** A path with `{command}`, `{date}` and `{app}`. */
const PathTemplate = new t.Type<string, string, unknown>(
  'a path',
  t.string.is,
  (value, context) => {
    if (typeof value !== 'string' || value === '') return t.failure(value, context)
    const [stranger] = unknownPlaceholders(value)
    return stranger === undefined
      ? t.success(value)
      : t.failure(value, context, `{${stranger}} is unknown; there are {command}, {date} and {app}`)
  },
  t.identity,
)

const record = ({ id, app, command, key, receivedAt, body }: SinkEvent, content?: unknown) =>
  JSON.stringify({ id, app, command, key: key ?? null, receivedAt: new Date(receivedAt).toISOString(), body: content ?? body })

/** Settles as the work does, or rejects when `signal` aborts: the line may then be written all the same. */
const unlessAborted = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })

/**
 * Appends one JSON line for each event: `{id, app, command, key, receivedAt, body}`, where a `file` hook replaces `body`. An event
 * counts as delivered once its line is synced to the disk; lines that come together share a sync.
 */
export const file = defineSink({
  kind: 'file',
  options: strictStruct({ path: PathTemplate }),
  delivering: { concurrency: 256 },
  open: async ({ path }, { log, name }) => {
    const template = resolve(path)
    const root = fixedDirectory(template)
    await makeDirectory(root)
    const shelf = createShelf(root, (repaired, bytes) =>
      log.warn({ sink: name, path: repaired, bytes }, 'cut off a torn last line, which nobody was promised'),
    )
    return {
      write: async ({ event, content }, signal) => {
        signal.throwIfAborted()
        await unlessAborted(shelf.append(pathOf(template, event), record(event, content), signal), signal)
      },
      close: () => shelf.close(),
    }
  },
})
