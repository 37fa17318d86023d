import { createDispatcher, type IncomingRequest, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import { APP, bodiesOf, COMMAND, TOKEN } from '../load/bodies.ts'

// Core without HTTP and without sinks: verify, decode, record in memory. It is a process, so that its CPU is that of core.

/** Microseconds of CPU per body, one figure per round. */
export interface CoreAlone {
  readonly core: readonly number[]
  readonly parse: readonly number[]
}

const { members, rounds, bodies }: { members: number; rounds: number; bodies: number } = JSON.parse(process.argv[2] ?? '{}')
const IN_FLIGHT = 64

const query = () => new URL(callbackUrl({ to: 'http://127.0.0.1', app: APP, token: TOKEN, command: COMMAND })).search.slice(1)
const body = bodiesOf({ members })

const cpuPerBody = async (task: () => Promise<void> | void): Promise<number> => {
  const before = process.cpuUsage()
  await task()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / bodies
}

const parse = (texts: readonly string[]) =>
  cpuPerBody(() => {
    for (const text of texts) JSON.parse(text)
  })

const core = async (raws: readonly Uint8Array[]): Promise<number> => {
  const dispatcher = await createDispatcher({
    apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
    plugins: [groupDestroyed],
    sinks: {},
    routes: { '*': [] },
    journal: memory(),
  })
  const signed = query()
  const handle = async (raw: Uint8Array) => {
    const incoming: IncomingRequest = {
      query: signed,
      admitted: true,
      length: raw.byteLength,
      headAt: performance.now(),
      readBody: async () => ({ raw }),
    }
    const { status } = await dispatcher.handle(incoming)
    if (status !== 200) throw new Error(`answered ${status}`)
  }
  const cpu = await cpuPerBody(async () => {
    for (let n = 0; n < raws.length; n += IN_FLIGHT) await Promise.all(raws.slice(n, n + IN_FLIGHT).map(handle))
  })
  await dispatcher.stop()
  return cpu
}

const results: { core: number[]; parse: number[] } = { core: [], parse: [] }
/** Rounds that are not counted, because the compiler works during them. */
const WARM_UP_ROUNDS = 4
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
  const texts = Array.from({ length: bodies }, (_, n) => body(round * bodies + n))
  const raws = texts.map((text) => Buffer.from(text))
  const [parsed, handled] = [await parse(texts), await core(raws)]
  if (round < WARM_UP_ROUNDS) continue
  results.parse.push(parsed)
  results.core.push(handled)
}
process.stdout.write(JSON.stringify(results satisfies CoreAlone))
