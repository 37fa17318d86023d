import { bodiesOf } from '../load/bodies.ts'
import type { Build } from '../process/build.ts'
import { moduleCommand, startChild } from '../process/child-process.ts'
import { fillJournal } from '../process/fill-journal.ts'
import { startProgram } from '../process/program.ts'
import { createWorkDirectory, journalPath } from '../process/work-directory.ts'
import { figure, range, ratios, spreadOf } from '../report/figures.ts'
import { atLeast, verdict } from '../report/goal.ts'
import { interleave } from '../report/interleave.ts'
import type { Section } from '../section.ts'

const COUNT = 80_000
/** Not counted: the compiler works during these deliveries, in the program and in the loop. */
const SKIP = 30_000
const CONCURRENCY = 64
const MAX_ROUNDS = 2
const GOAL = atLeast(0.7, 0.45)
const body = bodiesOf({ members: 3 })

/** A running sender of webhooks. */
interface Sender {
  /** Rejects when it fails. */
  readonly ended: Promise<unknown>
  readonly stop: () => Promise<unknown>
}

/** Starts a sender, and returns the deliveries per second that the receiver counted. */
const receivedRate = async (startSender: (url: string) => Promise<Sender>): Promise<number> => {
  const receiver = startChild(moduleCommand('last', './receiver.js', import.meta.url, { count: COUNT, skip: SKIP }))
  try {
    const [, url = ''] = await receiver.outputMatch(/listening: (\S+)/)
    const rate = receiver.outputMatch(/rate: ([\d.]+)/)
    const { ended, stop } = await startSender(url)
    try {
      const [, perSecond] = await Promise.race([rate, ended.then(() => rate)])
      return Number(perSecond)
    } finally {
      await stop()
    }
  } finally {
    await receiver.stop()
  }
}

const measureLoop = () =>
  receivedRate(async (url) => {
    const poster = startChild(
      moduleCommand(0, './poster.js', import.meta.url, { url, body: body(0), count: COUNT, concurrency: CONCURRENCY }),
    )
    return { ended: poster.output, stop: poster.stop }
  })

const measureCallboard = (dir: string, build: Build) =>
  receivedRate(async (url) => {
    const sink = `{ use: webhook, url: "${url}", unsigned: true, allow: [127.0.0.0/8], concurrency: ${CONCURRENCY} }`
    const work = await createWorkDirectory(dir, { journal: 'sqlite', sinks: { only: sink } })
    await fillJournal(journalPath(work), { count: COUNT, sink: 'only', keys: COUNT }, undefined, build)
    const { ended, stop } = await startProgram(work, { build })
    const early = ended.then((code) => {
      throw new Error(`the program ended with ${code} before everything was delivered`)
    })
    return { ended: early, stop }
  })

/** Measures how fast the program delivers events from its journal to a webhook, compared with a loop that only posts. */
export const measureDeliveries: Section = async ({ rounds, builds, dir, progress }) => {
  progress('deliveries')
  const subjects = [measureLoop, ...builds.map((build) => () => measureCallboard(dir, build))]
  const [loop = [], ...programs] = await interleave(subjects, Math.min(rounds, MAX_ROUNDS), (measure) => measure())
  const rows = builds.map(({ name }, index) => {
    const rates = programs[index] ?? []
    return `| ${name} | ${range(spreadOf(rates))} | ${range(spreadOf(ratios(rates, loop)))} |`
  })
  const { median } = spreadOf(ratios(programs[0] ?? [], loop))
  return [
    '## Deliveries to a webhook',
    '',
    `${COUNT} pending events of a SQLite journal, each with its own key, are delivered to a receiver on this machine, ${CONCURRENCY} in flight.`,
    `The first ${SKIP} are not counted. The comparison is a loop of undici that only posts.`,
    '',
    '| | per second | times the loop |',
    '|---|---|---|',
    `| undici in a loop | ${range(spreadOf(loop))} | 1 |`,
    ...rows,
    '',
    `- ${figure(median)} times the loop: ${verdict(median, GOAL)}`,
    '',
  ]
}
