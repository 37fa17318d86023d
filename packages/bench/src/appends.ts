import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Journal, NewEvent } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { APP, bodyWith, COMMAND } from './callback-body.ts'
import { atLeast, type Goal, verdict } from './goal.ts'
import { interleaved } from './rounds.ts'
import type { Part } from './run.ts'
import { figure, range, ratios, spreadOf } from './spread.ts'

const MS = 1_500
const body = bodyWith(3)
const goals: Readonly<Record<number, Goal>> = { 1: atLeast(0.5, 0.33), 64: atLeast(10, 5) }

let made = 0
const event = (): NewEvent => {
  made += 1
  return {
    id: `bench-${made}`,
    app: APP,
    command: COMMAND,
    key: `@TGS#${made % 1_000}`,
    dedupeKey: `bench-${made}`,
    status: 'accepted',
    receivedAt: Date.now(),
    query: { ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
    raw: Buffer.from(body(made)),
    sinks: ['log', 'audit'],
  }
}

const perSecond = async (task: () => Promise<number> | number): Promise<number> => {
  const from = performance.now()
  let done = 0
  while (performance.now() - from < MS) done += await task()
  return (done / (performance.now() - from)) * 1_000
}

/** So many in flight: what arrives while an append runs is the next one, so a closed loop of them is one batch after the other. */
const appends = (journal: Journal, inFlight: number) => () =>
  perSecond(async () => {
    const batch = await journal.append(Array.from({ length: inFlight }, event))
    const lost = batch.find(({ type }) => type !== 'recorded')
    if (lost) throw new Error(`an append was ${lost.type}`)
    return batch.length
  })

const syncs = (fd: number) => () =>
  perSecond(() => {
    writeSync(fd, body(0))
    fdatasyncSync(fd)
    return 1
  })

/** What the SQLite journal makes of the disk: an event with two deliveries, resolved when synced, against the bare sync of one body. */
export const appendRates: Part = async ({ rounds, dir, progress }) => {
  progress('appends')
  const own = await mkdtemp(join(dir, 'appends-'))
  const fd = openSync(join(own, 'bare'), 'a')
  const journal = await sqlite({ path: join(own, 'callboard.db') })
  const measured = [syncs(fd), appends(journal, 1), appends(journal, 64)]
  const [bare = [], one = [], many = []] = await interleaved(measured, rounds, (measure) => measure())
  await journal.close()
  closeSync(fd)
  const row = (name: string, figures: readonly number[]) =>
    `| ${name} | ${range(spreadOf(figures))} | ${range(spreadOf(ratios(figures, bare)))} |`
  const wanted = ([inFlight, figures]: readonly [number, readonly number[]]) => {
    const { median } = spreadOf(ratios(figures, bare))
    const goal = goals[inFlight]
    return `- ${inFlight} in flight, ${figure(median)} times the bare sync${goal ? `: ${verdict(median, goal)}` : ''}`
  }
  return [
    '## Appends to the SQLite journal',
    '',
    'An event with two deliveries, resolved when it is synced, against write and fdatasync of one body on the same disk.',
    '',
    '| | per second | times the bare sync |',
    '|---|---|---|',
    row('write + fdatasync, one after the other', bare),
    row('journal, 1 in flight', one),
    row('journal, 64 in flight', many),
    '',
    ...[[1, one] as const, [64, many] as const].map(wanted),
    '',
  ]
}
