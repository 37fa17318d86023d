import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Journal } from '@callboard/core'
import { benchEvent } from './process/fill-journal.ts'
import { figure, range, ratios, spreadOf } from './report/figures.ts'
import { atMost, type Goal, verdict } from './report/goal.ts'
import { interleave } from './report/interleave.ts'
import type { Section } from './section.ts'

const DURATION_MS = 1_500
const KEYS = 1_000
const LEASE_MS = 30_000
const SINK = 'audit'

const BATCHES: readonly { readonly size: number; readonly goal?: Goal }[] = [
  { size: 1 },
  { size: 8, goal: atMost(2, 5) },
  { size: 64, goal: atMost(4, 8) },
]

/** The cost of storing one event. */
interface Cost {
  readonly cpuUs: number
  readonly perSecond: number
}

let events = 0
const nextBatch = (size: number) =>
  Array.from({ length: size }, () => {
    events += 1
    return benchEvent(events, `@TGS#${events % KEYS}`, [SINK])
  })

const measure = async (size: number, store: (size: number) => Promise<void>): Promise<Cost> => {
  const [from, cpuBefore] = [performance.now(), process.cpuUsage()]
  let stored = 0
  while (performance.now() - from < DURATION_MS) {
    await store(size)
    stored += size
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { cpuUs: (user + system) / stored, perSecond: (stored / (performance.now() - from)) * 1_000 }
}

/** Measures what the SQLite journal costs per event, without the rest of the program. */
export const measureAppends: Section = async ({ rounds, builds, dir, progress }) => {
  progress('appends')
  const own = await mkdtemp(join(dir, 'appends-'))
  const fd = openSync(join(own, 'bare'), 'a')
  const journals = await Promise.all(builds.map(({ name, journal }) => journal.sqlite({ path: join(own, `${name}.db`) })))

  const bare = async (size: number) => {
    writeSync(fd, Buffer.concat(nextBatch(size).map(({ raw }) => raw)))
    fdatasyncSync(fd)
  }
  /** As the program does it: each batch is settled while the next one is appended. */
  const appendAndSettle = (journal: Journal) => {
    let settled: Promise<unknown> = Promise.resolve()
    return async (size: number) => {
      const claim = { sink: SINK, max: size, leaseMs: LEASE_MS, ordered: true }
      const [results] = await Promise.all([journal.append(nextBatch(size), [claim]), settled])
      settled = journal.settle(
        results.map((result) => {
          const token = result.type === 'recorded' ? result.tokens?.[SINK] : undefined
          if (token === undefined) throw new Error(`an append was ${result.type} without a lease`)
          return { sink: SINK, id: result.id, token, outcome: { type: 'delivered' } }
        }),
      )
    }
  }
  const cases = BATCHES.flatMap(({ size, goal }) => [
    { name: 'write + fdatasync', size, store: bare },
    ...journals.map((journal, index) => ({
      name: builds[index]?.name ?? '',
      size,
      store: appendAndSettle(journal),
      ...(index === 0 && { goal }),
    })),
  ])
  const costs = await interleave(cases, rounds, ({ size, store }) => measure(size, store))
  await Promise.all(journals.map((journal) => journal.close()))
  closeSync(fd)

  const results = cases.map((each, index) => {
    const cpuOf = (list: readonly Cost[] = []) => list.map(({ cpuUs }) => cpuUs)
    const own = cpuOf(costs[index])
    const ratio = spreadOf(ratios(own, cpuOf(costs[cases.findIndex(({ size }) => size === each.size)])))
    const rate = figure(spreadOf((costs[index] ?? []).map(({ perSecond }) => perSecond)).median)
    return { ...each, row: `| ${each.size} | ${each.name} | ${range(spreadOf(own))} | ${range(ratio)} | ${rate} |`, ratio: ratio.median }
  })
  return [
    '## The SQLite journal alone',
    '',
    'Events with one delivery are appended and leased at the append. Each batch is settled with the append of the next one. The comparison writes',
    'the bytes of the same batch to a file and calls fdatasync. CPU of all threads per event.',
    '',
    '| batch | | CPU µs | times write + fdatasync | events/s |',
    '|---|---|---|---|---|',
    ...results.map(({ row }) => row),
    '',
    ...results.flatMap(({ size, ratio, goal }) =>
      goal ? [`- batches of ${size}, ${figure(ratio)} times write + fdatasync: ${verdict(ratio, goal)}`] : [],
    ),
    '',
  ]
}
