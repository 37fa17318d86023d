import { resolve } from 'node:path'
import { defineSink, type SinkEvent } from '@callboard/core'
import { createAppender } from './file/appender.ts'
import { makeDirectory } from './file/directory.ts'
import { createShelf } from './file/file-pool.ts'
import { openFile } from './file/open.ts'
import { fileOptions } from './file/options.ts'
import { fixedDirectory, pathOf } from './file/path.ts'
import { createPlace } from './file/rotating-file.ts'

const record = ({ id, app, command, key, receivedAt, body }: SinkEvent, content?: unknown) =>
  JSON.stringify({ id, app, command, key: key ?? null, receivedAt: new Date(receivedAt).toISOString(), body: content ?? body })

/**
 * Appends one JSON line for each event: `{id, app, command, key, receivedAt, body}`, where a `file` hook replaces `body`. An event
 * counts as delivered once its line is synced to the disk, in the file that the path names; lines that come together share a sync.
 * A file that somebody else moves, removes or empties is opened anew. `rotate` moves `audit.jsonl` to
 * `audit@2026-11-23T10-00-00-000Z.jsonl`, after the moment of its last line (UTC), by `size`, `every: day` or both, and leaves the
 * latest `keep` of them.
 */
export const file = defineSink({
  kind: 'file',
  options: fileOptions,
  deliveryDefaults: { concurrency: 256 },
  open: async ({ path: given, rotate }, { log, name, now }) => {
    const template = resolve(given)
    const place = pathOf(template)
    const root = fixedDirectory(template)
    await makeDirectory(root)
    const shelf = createShelf(async (path) => {
      const tell = { sink: name, path }
      const open = () =>
        openFile(root, path, (bytes) => log.warn({ ...tell, bytes }, 'cut off a torn last line, which nobody was promised'))
      const file = createPlace({
        path,
        open,
        now,
        rotate,
        rotated: (to, removed) => log.info({ ...tell, to, removed }, 'moved a file aside for a new one'),
        stuck: (error) => log.warn({ ...tell, error: String(error) }, 'could not remove old files'),
      })
      return createAppender(await open(), file, rotate?.size)
    })
    return {
      write: async ({ event, payload }, signal) => {
        signal.throwIfAborted()
        await shelf.append(place(event), record(event, payload), signal)
      },
      close: () => shelf.close(),
    }
  },
})
