import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { openReader } from '@callboard/journal'
import { FILE_SINK, journalOf, place } from './configuration.ts'
import { fill } from './fill.ts'
import { startProgram } from './program.ts'
import { interleaved } from './rounds.ts'
import type { Part } from './run.ts'
import { range, spreadOf } from './spread.ts'

const USUAL = 20_000
const LONG = 100_000
const LANES = 1_000
const LOOK_EVERY = 50
const LONGEST_WITHOUT_ANY = 30_000

/** Resolves when all that waited for the sink is delivered; rejects when none is for half a minute, or one is not. */
const untilDelivered = async (path: string, count: number): Promise<void> => {
  const reader = openReader(path)
  try {
    let [before, at] = [0, performance.now()]
    for (;;) {
      const { delivered = 0, dead = 0 } = reader.stats().sinks.only ?? {}
      if (dead > 0) throw new Error(`${dead} deliveries were given up`)
      if (delivered >= count) return
      if (delivered > before) [before, at] = [delivered, performance.now()]
      if (performance.now() - at > LONGEST_WITHOUT_ANY) throw new Error(`${delivered} of ${count} were delivered, and then no more`)
      await pause(LOOK_EVERY)
    }
  } finally {
    reader.close()
  }
}

/** Seconds from when the program takes callbacks until nothing waits. */
const drained = async (dir: string, count: number): Promise<number> => {
  const own = await place(dir, { journal: 'sqlite', sinks: { only: FILE_SINK } })
  await fill(journalOf(own), { count, sink: 'only', lanes: LANES })
  const { stop } = await startProgram(own)
  const from = performance.now()
  await untilDelivered(journalOf(own), count)
  const seconds = (performance.now() - from) / 1_000
  await stop()
  await rm(own, { recursive: true })
  return seconds
}

/** How long the program takes for what waited in its journal when it started. */
export const drainTime: Part = async ({ long, rounds, dir, progress }) => {
  const count = long ? LONG : USUAL
  const [seconds = []] = await interleaved([count], Math.min(rounds, 3), (waiting, round) => {
    progress(`drain, round ${round + 1}`)
    return drained(dir, waiting)
  })
  return [
    '## Draining a journal',
    '',
    `${count} deliveries of ${LANES} lanes that wait in a SQLite journal when the program starts, to a file: from when it takes callbacks`,
    'until the last one is synced in the file and settled in the journal.',
    '',
    '| deliveries | seconds | per second |',
    '|---|---|---|',
    `| ${count} | ${range(spreadOf(seconds))} | ${range(spreadOf(seconds.map((each) => count / each)))} |`,
    '',
  ]
}
