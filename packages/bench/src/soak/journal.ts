import { join } from 'node:path'
import type { NewEvent } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { median, p99Of } from '../load.ts'
import { startProgram } from '../program.ts'
import { APP, bodyOf, loadOn, place } from './place.ts'
import { verdict } from './verdict.ts'

const MOST_MS_TO_READY = 10_000
const MOST_MEMORY = 300 * 2 ** 20
const MOST_TIMES_SLOWER = 1.5
const SECONDS = 5
const BATCH = 1_000

const eventOf = (n: number): NewEvent => ({
  id: `soak-${n}`,
  app: APP,
  command: groupDestroyed.command,
  key: `@TGS#${n % 100_000}`,
  identity: `soak-${n}`,
  status: 'accepted',
  receivedAt: Date.now(),
  query: { ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  raw: Buffer.from(bodyOf(n)),
  sinks: ['crm'],
})

const fill = async (path: string, pending: number): Promise<void> => {
  const journal = await sqlite({ path })
  for (let n = 0; n < pending; n += BATCH) {
    await journal.append(Array.from({ length: Math.min(BATCH, pending - n) }, (_, index) => eventOf(n + index)))
    if (n % 100_000 === 0) process.stderr.write(`\rfilling the journal: ${n} of ${pending} `)
  }
  process.stderr.write('\n')
  await journal.close()
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`

/** A journal with a million pending deliveries against an empty one, both on the real program, in turns. */
export const soakJournal = async ({
  pending,
  rounds,
  rate,
}: {
  readonly pending: number
  readonly rounds: number
  readonly rate: number
}) => {
  const places = [await place(), await place()] as const
  const [fullPlace, emptyPlace] = places
  await fill(join(fullPlace.dir, 'data', 'callboard.db'), pending)
  const full = await startProgram(fullPlace.dir)
  const empty = await startProgram(emptyPlace.dir)
  const p99 = async (program: typeof full) => p99Of(await loadOn(program, rate, SECONDS))
  try {
    await p99(full)
    await p99(empty)
    const ratios: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      // Who comes second finds the machine warm.
      const first = round % 2 === 0
      const before = first ? await p99(full) : 0
      const withNone = await p99(empty)
      const withAll = first ? before : await p99(full)
      ratios.push(withAll / withNone)
      console.log(`round ${round + 1}: p99 ${withAll.toFixed(1)} ms with ${pending} pending, ${withNone.toFixed(1)} ms empty`)
    }
    const { now, most } = full.memory()
    verdict(`ready with ${pending} pending within 10 s`, `${(full.readyAfter / 1_000).toFixed(1)} s`, full.readyAfter <= MOST_MS_TO_READY)
    verdict('resident memory at most 300 MB', `${megabytes(most)} at its most, ${megabytes(now)} now`, most <= MOST_MEMORY)
    verdict('p99 of the answer at most 1.5 times that of an empty journal', median(ratios).toFixed(2), median(ratios) <= MOST_TIMES_SLOWER)
  } finally {
    await Promise.all([full.stop(), empty.stop()])
    await Promise.all(places.map(({ remove }) => remove()))
  }
}
