import { resolve } from 'node:path'
import { defineSink, type SinkEvent } from '@callboard/core'
import { createAppender } from './file/appender.ts'
import { makeDirectory } from './file/directory.ts'
import { createFilePool } from './file/file-pool.ts'
import { createGathering } from './file/gathering.ts'
import { type FilePlace, findProblem, openFile } from './file/open-file.ts'
import { fileOptions } from './file/options.ts'
import { fixedDirectory, pathOf } from './file/path-template.ts'
import { createRotatingFile } from './file/rotating-file.ts'

const lineOf = ({ id, app, command, key, receivedAt, body }: SinkEvent, payload?: unknown) =>
  JSON.stringify({ id, app, command, key: key ?? null, receivedAt: new Date(receivedAt).toISOString(), body: payload ?? body })

/** The share of a sink's slots whose writes may wait for others. More would leave too few slots for new deliveries under full load. */
const GATHERED_SHARE = 1 / 8

const placeOf = (absolute: string): FilePlace => ({ root: fixedDirectory(absolute), isTemplate: absolute.includes('{') })

/**
 * Returns why a file sink with this `path` would fail its deliveries, as one sentence that names the file and says what to do: another
 * program wrote the file, the path names a directory, a disk, a socket, a stream of this process or a part of an SQLite database, or
 * this user may not write there. Returns undefined if nothing is wrong. A path with placeholders is checked up to its fixed directory.
 * Changes and makes nothing, and never blocks. A relative path belongs to the working directory.
 */
export const findFileProblem = (path: string): Promise<string | undefined> => {
  const absolute = resolve(path)
  return findProblem(placeOf(absolute), absolute)
}

/**
 * Appends one JSON line per event: `{id, app, command, key, receivedAt, body}`. A `file` hook replaces `body`. An event is delivered
 * when its line is synced to the file at the path. Lines wait up to 15 ms for others to share a sync with, unless other deliveries wait
 * for them. If another program moves, removes or empties the file, the sink opens the path again. `rotate` renames `audit.jsonl` to
 * `audit@2026-11-23T10-00-00-000Z.jsonl`, the time of its last line in UTC, by `size`, `every: day` or both. It keeps the latest `keep`
 * rotated files.
 */
export const file = defineSink({
  kind: 'file',
  options: fileOptions,
  deliveryDefaults: { concurrency: 256 },
  open: async ({ path: template, rotate }, { log, name, now, concurrency }) => {
    const absolute = resolve(template)
    const pathFor = pathOf(absolute)
    const place = placeOf(absolute)
    await makeDirectory(place.root).catch(async (error: unknown) => {
      const problem = await findProblem(place, absolute)
      throw problem === undefined ? error : new Error(problem, { cause: error })
    })
    const problem = await findProblem(place, absolute)
    if (problem !== undefined) log.warn({ sink: name, error: problem }, 'sink file cannot be written')
    const gathering = createGathering(concurrency * GATHERED_SHARE)
    const pool = createFilePool(async (path) => {
      const fields = { sink: name, path }
      const open = () =>
        openFile(place, path, (bytes) => log.warn({ ...fields, bytes }, 'removed an incomplete last line of the sink file'))
      const rotatingFile = createRotatingFile({
        path,
        followsLinks: !place.isTemplate,
        open,
        now,
        rotate,
        onRotated: (to, removed) => log.info({ ...fields, to, removed }, 'sink file rotated'),
        onRemoveFailed: (error) => log.warn({ ...fields, error: String(error) }, 'failed to remove rotated files'),
      })
      return createAppender(await open(), rotatingFile, rotate?.size)
    })
    return {
      write: async ({ event, payload, othersWait = false }, signal) => {
        await gathering.join(othersWait)
        signal.throwIfAborted()
        await pool.append(pathFor(event), lineOf(event, payload), signal)
      },
      close: () => {
        gathering.end()
        return pool.close()
      },
    }
  },
})
