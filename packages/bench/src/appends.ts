import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { sqlite } from '@callboard/journal'
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
export const measureAppends: Section = async ({ rounds, dir, progress }) => {
  progress('appends')
  const own = await mkdtemp(join(dir, 'appends-'))
  const fd = openSync(join(own, 'bare'), 'a')
  const journal = await sqlite({ path: join(own, 'callboard.db') })

  const bare = async (size: number) => {
    writeSync(fd, Buffer.concat(nextBatch(size).map(({ raw }) => raw)))
    fdatasyncSync(fd)
  }
  const appendAndSettle = async (size: number) => {
    const claim = { sink: SINK, max: size, leaseMs: LEASE_MS, ordered: true }
    const results = await journal.append(nextBatch(size), [claim])
    await journal.settle(
      results.map((result) => {
        const token = result.type === 'recorded' ? result.tokens?.[SINK] : undefined
        if (token === undefined) throw new Error(`an append was ${result.type} without a lease`)
        return { sink: SINK, id: result.id, token, outcome: { type: 'delivered' } }
      }),
    )
  }
  const subjects = BATCHES.flatMap(({ size }) => [
    { size, store: bare },
    { size, store: appendAndSettle },
  ])
  const costs = await interleave(subjects, rounds, ({ size, store }) => measure(size, store))
  await journal.close()
  closeSync(fd)

  const rows = BATCHES.map(({ size, goal }, index) => {
    const [of = [], to = []] = [costs[index * 2 + 1], costs[index * 2]]
    const cpu = (list: readonly Cost[]) => list.map(({ cpuUs }) => cpuUs)
    const ratio = spreadOf(ratios(cpu(of), cpu(to)))
    const rate = (list: readonly Cost[]) => figure(spreadOf(list.map(({ perSecond }) => perSecond)).median)
    return {
      row: `| ${size} | ${range(spreadOf(cpu(of)))} | ${range(spreadOf(cpu(to)))} | ${range(ratio)} | ${rate(of)} | ${rate(to)} |`,
      verdict: goal && `- batches of ${size}, ${figure(ratio.median)} times write + fdatasync: ${verdict(ratio.median, goal)}`,
    }
  })
  return [
    '## The SQLite journal alone',
    '',
    'Events with one delivery are appended, leased at the append, and settled, one batch after the other. The comparison writes the bytes of the',
    'same batch to a file and calls fdatasync. CPU of all threads per event.',
    '',
    '| batch | journal, CPU µs | write + fdatasync, CPU µs | times | journal, events/s | write + fdatasync, events/s |',
    '|---|---|---|---|---|---|',
    ...rows.map(({ row }) => row),
    '',
    ...rows.flatMap((row) => row.verdict ?? []),
    '',
  ]
}
