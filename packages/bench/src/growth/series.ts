import type { Load } from '../load/load.ts'
import { type Peer, startCallboard } from '../peers/peers.ts'
import { fillJournal } from '../process/fill-journal.ts'
import { type Configuration, createWorkDirectory, FILE_SINK, journalPath } from '../process/work-directory.ts'
import { figure } from '../report/figures.ts'
import { atMost, type Goal } from '../report/goal.ts'
import type { Run } from '../section.ts'

/** A size of what grows. */
export interface Stage extends Pick<Peer, 'name' | 'start'> {
  readonly load: Load
}

/** A quantity that grows, and should not make answers slower. */
export interface Series {
  readonly what: string
  /** The smallest size first. */
  readonly stages: readonly Stage[]
  /** For the p99 of each stage divided by that of the first. */
  readonly goal?: Goal
}

const LOAD: Load = { loop: 'closed', members: 3, connections: 64, seconds: 5 }
/** With more connections a body of 10 000 members would wait longer than an answer may take. */
const FEW_CONNECTIONS = 8
const KEYS = 100_000
const USUAL: Configuration = { journal: 'sqlite', sinks: { only: FILE_SINK } }

/** The deliveries go to a sink that the program does not know, so that they stay pending. */
const withEvents =
  (count: number, progress: Run['progress']): Stage['start'] =>
  async (dir) => {
    const work = await createWorkDirectory(dir, USUAL)
    if (count > 0) await fillJournal(journalPath(work), { count, sink: 'gone', keys: KEYS }, progress)
    return startCallboard(work)
  }

const withConfiguration =
  (change: Partial<Configuration>): Stage['start'] =>
  async (dir) =>
    startCallboard(await createWorkDirectory(dir, { ...USUAL, ...change }))

const journals = ({ huge, progress }: Run): Series => ({
  what: 'Events in the journal, each with a pending delivery to a sink that is not configured',
  goal: atMost(1.3, 1.5),
  stages: [0, 1_000_000, ...(huge ? [10_000_000] : [])].map((count) => ({
    name: `${figure(count)} events`,
    load: LOAD,
    start: withEvents(count, progress),
  })),
})

const members: Series = {
  what: `Members in the body, ${FEW_CONNECTIONS} connections`,
  stages: [3, 2_000, 10_000].map((count) => ({
    name: `${figure(count)} members`,
    load: { ...LOAD, members: count, connections: FEW_CONNECTIONS },
    start: withConfiguration({}),
  })),
}

const plugins: Series = {
  what: 'Plugins',
  goal: atMost(1.1, 1.3),
  stages: [
    { name: '1 plugin', load: LOAD, start: withConfiguration({}) },
    {
      name: 'plugin-chat and plugin-rtc, about 80',
      load: LOAD,
      start: withConfiguration({ plugins: ['@callboard/plugin-chat', '@callboard/plugin-rtc'] }),
    },
  ],
}

const files = (count: number): Configuration['sinks'] =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`file${n}`, `{ use: file, path: "./data/${n}.jsonl" }`]))

const sinks: Series = {
  what: 'File sinks that each event goes to',
  stages: [1, 20].map((count) => ({
    name: count === 1 ? '1 sink' : `${count} sinks`,
    load: LOAD,
    start: withConfiguration({ sinks: files(count) }),
  })),
}

/** Returns everything that grows. */
export const growthSeries = (run: Run): readonly Series[] => [journals(run), members, plugins, sinks]
