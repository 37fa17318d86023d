import { type Configuration, FILE_SINK, journalOf, place } from '../configuration.ts'
import { fill } from '../fill.ts'
import { atMost } from '../goal.ts'
import type { Loaded } from '../http/compare.ts'
import { runningProgram } from '../http/contestants.ts'
import type { RoundLoad } from '../http/round.ts'
import type { Run } from '../run.ts'
import { figure } from '../spread.ts'
import type { Growth } from './growth.ts'

const LOAD: RoundLoad = { members: 3, connections: 64, seconds: 5 }
/** A body of 10 000 members takes its time: more at once would wait longer than an answer may. */
const FEW_CONNECTIONS = 8
const LANES = 100_000
const USUAL: Configuration = { journal: 'sqlite', sinks: { only: FILE_SINK } }

/** Their sink is none that the program knows, so that their deliveries stay. */
const withEvents =
  (count: number, progress: Run['progress']): Loaded['start'] =>
  async (dir) => {
    const own = await place(dir, USUAL)
    if (count > 0) await fill(journalOf(own), { count, sink: 'gone', lanes: LANES }, progress)
    return runningProgram(own)
  }

const withConfiguration =
  (change: Partial<Configuration>): Loaded['start'] =>
  async (dir) =>
    runningProgram(await place(dir, { ...USUAL, ...change }))

const journals = ({ huge, progress }: Run): Growth => ({
  what: 'Events in the journal, each with a delivery that waits for a sink that is gone',
  goal: atMost(1.3, 1.5),
  stages: [0, 1_000_000, ...(huge ? [10_000_000] : [])].map((count) => ({
    name: `${figure(count)} events`,
    load: LOAD,
    start: withEvents(count, progress),
  })),
})

const members: Growth = {
  what: `Members in the body, ${FEW_CONNECTIONS} connections`,
  stages: [3, 2_000, 10_000].map((count) => ({
    name: `${figure(count)} members`,
    load: { ...LOAD, members: count, connections: FEW_CONNECTIONS },
    start: withConfiguration({}),
  })),
}

const plugins: Growth = {
  what: 'Plugins',
  goal: atMost(1.1, 1.3),
  stages: [
    { name: '1 plugin', load: LOAD, start: withConfiguration({}) },
    {
      name: 'all of plugin-chat and plugin-rtc, some 80',
      load: LOAD,
      start: withConfiguration({ plugins: ['@callboard/plugin-chat', '@callboard/plugin-rtc'] }),
    },
  ],
}

const files = (count: number): Configuration['sinks'] =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`file${n}`, `{ use: file, path: "./data/${n}.jsonl" }`]))

const sinks: Growth = {
  what: 'Sinks that each event goes to, a file each',
  stages: [1, 20].map((count) => ({
    name: count === 1 ? '1 sink' : `${count} sinks`,
    load: LOAD,
    start: withConfiguration({ sinks: files(count) }),
  })),
}

/** All that is let grow. */
export const growths = (run: Run): readonly Growth[] => [journals(run), members, plugins, sinks]
