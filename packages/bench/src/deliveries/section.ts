import { bodyWith } from '../callback-body.ts'
import { journalOf, place } from '../configuration.ts'
import { fill } from '../fill.ts'
import { atLeast, verdict } from '../goal.ts'
import { startProgram } from '../program.ts'
import { interleaved } from '../rounds.ts'
import type { Part } from '../run.ts'
import { moduleOn, start } from '../spawned.ts'
import { figure, range, ratios, spreadOf } from '../spread.ts'

const COUNT = 80_000
// Until then the compiler has done most of its work, in the program as in the loop.
const SKIP = 30_000
const CONCURRENCY = 64
const GOAL = atLeast(0.8, 0.4)
const body = bodyWith(3)

/** Who delivers. */
interface Delivering {
  /** Rejects when it fails. */
  readonly ended: Promise<unknown>
  readonly stop: () => Promise<unknown>
}

/** Starts who delivers, and gives deliveries per second as the receiver saw them. */
const received = async (deliver: (url: string) => Promise<Delivering>): Promise<number> => {
  const receiver = start(moduleOn(-1, './receiver.js', import.meta.url, { count: COUNT, skip: SKIP }))
  try {
    const [, url = ''] = await receiver.prints(/listening: (\S+)/)
    const rate = receiver.prints(/rate: ([\d.]+)/)
    const { ended, stop } = await deliver(url)
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

const bare = () =>
  received(async (url) => {
    const poster = start(moduleOn(0, './poster.js', import.meta.url, { url, body: body(0), count: COUNT, concurrency: CONCURRENCY }))
    return { ended: poster.output, stop: poster.stop }
  })

const callboard = (dir: string) =>
  received(async (url) => {
    const sink = `{ use: webhook, url: "${url}", unsigned: true, allow: [127.0.0.0/8], concurrency: ${CONCURRENCY} }`
    const own = await place(dir, { journal: 'sqlite', sinks: { only: sink } })
    await fill(journalOf(own), { count: COUNT, sink: 'only', lanes: COUNT })
    const { ended, stop } = await startProgram(own)
    const early = ended.then((code) => {
      throw new Error(`the program ended with ${code} before all was delivered`)
    })
    return { ended: early, stop }
  })

/** How fast the program delivers what its journal holds to a webhook, against a loop that only posts. */
export const deliveryRates: Part = async ({ rounds, dir, progress }) => {
  progress('deliveries')
  const [loop = [], program = []] = await interleaved([bare, () => callboard(dir)], rounds, (measure) => measure())
  const ratio = spreadOf(ratios(program, loop))
  return [
    '## Deliveries to a webhook',
    '',
    `${COUNT} events that wait in a SQLite journal, each of its own lane, to a receiver on this machine, ${CONCURRENCY} at a time;`,
    `the first ${SKIP} are not counted. Claimed, decoded, posted, settled, against a loop of undici that only posts.`,
    '',
    '| | per second | times the loop |',
    '|---|---|---|',
    `| undici in a loop | ${range(spreadOf(loop))} | 1 |`,
    `| Callboard | ${range(spreadOf(program))} | ${range(ratio)} |`,
    '',
    `- ${figure(ratio.median)} times the loop: ${verdict(ratio.median, GOAL)}`,
    '',
  ]
}
