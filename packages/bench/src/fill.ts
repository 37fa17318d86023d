import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { NewEvent } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { APP, bodyWith, COMMAND } from './callback-body.ts'

/** What a journal is filled with: events, each with a delivery that waits for `sink`. */
export interface Filling {
  readonly count: number
  readonly sink: string
  /** How many keys they have among them. */
  readonly lanes: number
}

const BATCH = 1_000
const TELL_EVERY = 100_000
const body = bodyWith(3)

const eventOf = (n: number, { sink, lanes }: Filling): NewEvent => ({
  id: `bench-${n}`,
  app: APP,
  command: COMMAND,
  key: `@TGS#${n % lanes}`,
  dedupeKey: `bench-${n}`,
  status: 'accepted',
  receivedAt: Date.now(),
  query: { ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  raw: Buffer.from(body(n)),
  sinks: [sink],
})

/** Makes a SQLite journal at `path` that holds them. */
export const fill = async (path: string, filling: Filling, progress: (text: string) => void = () => {}): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const journal = await sqlite({ path })
  for (let n = 0; n < filling.count; n += BATCH) {
    if (n > 0 && n % TELL_EVERY === 0) progress(`filling the journal: ${n} of ${filling.count}`)
    const length = Math.min(BATCH, filling.count - n)
    await journal.append(Array.from({ length }, (_, index) => eventOf(n + index, filling)))
  }
  await journal.close()
}
