import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Build } from '../process/build.ts'
import { fillJournal } from '../process/fill-journal.ts'
import { startProgram } from '../process/program.ts'
import { createWorkDirectory, FILE_SINK, journalPath } from '../process/work-directory.ts'
import { figure, range, ratios, spreadOf } from '../report/figures.ts'
import { interleave } from '../report/interleave.ts'
import type { Section } from '../section.ts'

const COUNT = 10_000
const MAX_ROUNDS = 2
const CHECK_INTERVAL_MS = 50
const MAX_STALL_MS = 30_000

const KEYS = [
  { name: '1 000 keys', keys: 1_000 },
  { name: '1 key', keys: 1 },
] as const

/** Resolves when all deliveries are settled. Rejects if one is dead, or if none is settled for half a minute. */
const untilDelivered = async (path: string, { journal }: Build): Promise<void> => {
  const reader = journal.openReader(path)
  try {
    let [before, at] = [0, performance.now()]
    for (;;) {
      const { delivered = 0, dead = 0 } = reader.stats().sinks.only ?? {}
      if (dead > 0) throw new Error(`${dead} deliveries are dead`)
      if (delivered >= COUNT) return
      if (delivered > before) [before, at] = [delivered, performance.now()]
      if (performance.now() - at > MAX_STALL_MS) throw new Error(`only ${delivered} of ${COUNT} deliveries are settled`)
      await pause(CHECK_INTERVAL_MS)
    }
  } finally {
    reader.close()
  }
}

/** Returns the deliveries per second from the start of the program until nothing is pending. */
const measureDrain = async (dir: string, build: Build, keys: number): Promise<number> => {
  const work = await createWorkDirectory(dir, { journal: 'sqlite', sinks: { only: FILE_SINK } })
  const path = journalPath(work)
  await fillJournal(path, { count: COUNT, sink: 'only', keys }, undefined, build)
  const { stop } = await startProgram(work, { build })
  const from = performance.now()
  await untilDelivered(path, build)
  const perSecond = (COUNT / (performance.now() - from)) * 1_000
  await stop()
  await rm(work, { recursive: true })
  return perSecond
}

/** Measures how fast the program delivers what is pending in its journal, for many keys and for one. */
export const measureDrains: Section = async ({ rounds, builds, dir, progress }) => {
  progress('drain')
  const cases = builds.flatMap((build) => KEYS.map((each) => ({ ...each, build })))
  const results = await interleave(cases, Math.min(rounds, MAX_ROUNDS), ({ build, keys }) => measureDrain(dir, build, keys))
  const row = ({ build, name }: (typeof cases)[number], index: number) => {
    const rates = results[index] ?? []
    const first = results[cases.findIndex((each) => each.build === build)] ?? []
    return `| ${build.name} | ${name} | ${range(spreadOf(rates))} | ${figure(spreadOf(ratios(rates, first)).median)} |`
  }
  return [
    '## Delivering a backlog',
    '',
    `${COUNT} deliveries to a file are pending in a SQLite journal when the program starts. The time ends when the last one is synced in the file`,
    'and settled in the journal.',
    '',
    '| | keys | deliveries/s | times 1 000 keys |',
    '|---|---|---|---|',
    ...cases.map(row),
    '',
  ]
}
