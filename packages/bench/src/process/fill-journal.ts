import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { NewEvent } from '@callboard/core'
import { APP, bodiesOf, COMMAND } from '../load/bodies.ts'
import { type Build, THIS_BUILD } from './build.ts'

/** The events of a journal, each with a pending delivery to `sink`. */
export interface Filling {
  readonly count: number
  readonly sink: string
  /** The number of different keys. */
  readonly keys: number
}

const BATCH = 1_000
const PROGRESS_INTERVAL = 100_000
const body = bodiesOf({ members: 3 })

/** Returns the n-th event of the bench. */
export const benchEvent = (n: number, key: string, sinks: readonly string[]): NewEvent => ({
  id: `bench-${n}`,
  app: APP,
  command: COMMAND,
  key,
  dedupeKey: `bench-${n}`,
  status: 'accepted',
  receivedAt: Date.now(),
  query: { ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  raw: Buffer.from(body(n)),
  sinks,
})

/** Creates a SQLite journal with these events, for a build. */
export const fillJournal = async (
  path: string,
  { count, sink, keys }: Filling,
  progress: (text: string) => void = () => {},
  build: Build = THIS_BUILD,
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const journal = await build.journal.sqlite({ path })
  for (let n = 0; n < count; n += BATCH) {
    if (n > 0 && n % PROGRESS_INTERVAL === 0) progress(`filling the journal: ${n} of ${count}`)
    const length = Math.min(BATCH, count - n)
    await journal.append(Array.from({ length }, (_, index) => benchEvent(n + index, `@TGS#${(n + index) % keys}`, [sink])))
  }
  await journal.close()
}
