import { join } from 'node:path'
import { fillJournal } from '../process/fill-journal.ts'
import { startProgram } from '../process/program.ts'
import { median } from '../report/figures.ts'
import { createSoakDirectory, sendCallbacks } from './callbacks.ts'
import { check } from './check.ts'
import { p99Of } from './send-at-rate.ts'

const MAX_READY_MS = 10_000
const MAX_MEMORY_BYTES = 300 * 2 ** 20
const MAX_P99_RATIO = 1.5
const SECONDS = 5
const KEYS = 100_000

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`

/** Compares the program with a journal of a million pending deliveries to one with an empty journal, in turns. */
export const soakJournal = async ({
  pending,
  rounds,
  rate,
}: {
  readonly pending: number
  readonly rounds: number
  readonly rate: number
}) => {
  const [fullDirectory, emptyDirectory] = [await createSoakDirectory(), await createSoakDirectory()]
  await fillJournal(join(fullDirectory.dir, 'data', 'callboard.db'), { count: pending, sink: 'crm', keys: KEYS }, console.log)
  const full = await startProgram(fullDirectory.dir)
  const empty = await startProgram(emptyDirectory.dir)
  const p99 = async (program: typeof full) => p99Of(await sendCallbacks(program, rate, SECONDS))
  try {
    await p99(full)
    await p99(empty)
    const ratios: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      // The second one profits from a warm machine, so they take turns.
      const first = round % 2 === 0
      const before = first ? await p99(full) : 0
      const withNone = await p99(empty)
      const withAll = first ? before : await p99(full)
      ratios.push(withAll / withNone)
      console.log(`round ${round + 1}: p99 ${withAll.toFixed(1)} ms with ${pending} pending, ${withNone.toFixed(1)} ms empty`)
    }
    const { now, max } = full.memory()
    check(`ready with ${pending} pending within 10 s`, `${(full.readyMs / 1_000).toFixed(1)} s`, full.readyMs <= MAX_READY_MS)
    check('resident memory is at most 300 MB', `maximum ${megabytes(max)}, ${megabytes(now)} now`, max <= MAX_MEMORY_BYTES)
    check('p99 is at most 1.5 times that of an empty journal', median(ratios).toFixed(2), median(ratios) <= MAX_P99_RATIO)
  } finally {
    await Promise.all([full.stop(), empty.stop()])
    await Promise.all([fullDirectory, emptyDirectory].map(({ remove }) => remove()))
  }
}
