import { join } from 'node:path'
import { fill } from '../fill.ts'
import { median, p99Of } from '../load.ts'
import { startProgram } from '../program.ts'
import { loadOn, place } from './place.ts'
import { verdict } from './verdict.ts'

const MOST_MS_TO_READY = 10_000
const MOST_MEMORY = 300 * 2 ** 20
const MOST_TIMES_SLOWER = 1.5
const SECONDS = 5
const LANES = 100_000

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
  await fill(join(fullPlace.dir, 'data', 'callboard.db'), { count: pending, sink: 'crm', lanes: LANES }, console.log)
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
