import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { NewEvent } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send as load, median, percentile } from './load.ts'
import { type Program, startProgram } from './program.ts'

// A journal with a million pending deliveries against an empty one, both on the real program, in turns. It prints and it fails: by hand only.

const MOST_MS_TO_READY = 10_000
const MOST_MEMORY = 300 * 2 ** 20
const MOST_TIMES_SLOWER = 1.5

const { values: given } = parseArgs({
  options: {
    pending: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    rate: { type: 'string', default: '400' },
  },
})
const [pending, rounds, rate] = [Number(given.pending), Number(given.rounds), Number(given.rate)]

const APP = 1_400_000_000
const CONFIG = `apps:
  - sdkAppId: ${APP}
    tokens: [secret]
listen: { port: 0 }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  crm: { use: webhook, url: "http://127.0.0.1:9/hook", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [crm] }
`

const bodyOf = (n: number): string => JSON.stringify({ ...groupDestroyed.sample, GroupId: `@TGS#${n}`, EventTime: 1_700_000_000_000 + n })

const eventOf = (n: number): NewEvent => ({
  id: `soak-${n}`,
  app: APP,
  command: groupDestroyed.command,
  key: `@TGS#${n % 100_000}`,
  identity: `soak-${n}`,
  status: 'accepted',
  receivedAt: Date.now(),
  query: { ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  raw: Buffer.from(bodyOf(n)),
  sinks: ['crm'],
})

const fill = async (path: string): Promise<void> => {
  const journal = await sqlite({ path })
  const BATCH = 1_000
  for (let n = 0; n < pending; n += BATCH) {
    await journal.append(Array.from({ length: Math.min(BATCH, pending - n) }, (_, index) => eventOf(n + index)))
    if (n % 100_000 === 0) process.stderr.write(`\rfilling the journal: ${n} of ${pending} `)
  }
  process.stderr.write('\n')
  await journal.close()
}

const place = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-soak-'))
  await writeFile(join(dir, 'callboard.yaml'), CONFIG)
  return dir
}

let sent = 0
const p99 = async ({ callbackUrl }: Program): Promise<number> => {
  const base = 10_000_000 + sent
  sent += rate * 5
  const body = (n: number) => bodyOf(base + n)
  return percentile(
    await load({
      to: callbackUrl,
      app: APP,
      token: 'secret',
      command: groupDestroyed.command,
      body,
      count: rate * 5,
      rate,
      connections: 32,
    }),
    0.99,
  )
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`
let failed = false
const verdict = (what: string, value: string, holds: boolean) => {
  failed ||= !holds
  console.log(`${holds ? 'holds' : 'FAILS'}  ${what}: ${value}`)
}

const dirs = [await place(), await place()]
const [fullDir = '', emptyDir = ''] = dirs
await fill(join(fullDir, 'data', 'callboard.db'))
const full = await startProgram(fullDir)
const empty = await startProgram(emptyDir)
try {
  await p99(full)
  await p99(empty)
  const pairs: { readonly full: number; readonly empty: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    // Who comes second finds the machine warm.
    const first = round % 2 === 0
    const before = first ? await p99(full) : 0
    const pair = { empty: await p99(empty), full: first ? before : await p99(full) }
    pairs.push(pair)
    console.log(`round ${round + 1}: p99 ${pair.full.toFixed(1)} ms with ${pending} pending, ${pair.empty.toFixed(1)} ms empty`)
  }
  const ratio = median(pairs.map((pair) => pair.full / pair.empty))
  const { now, most } = full.memory()
  verdict(`ready with ${pending} pending within 10 s`, `${(full.readyAfter / 1_000).toFixed(1)} s`, full.readyAfter <= MOST_MS_TO_READY)
  verdict('resident memory at most 300 MB', `${megabytes(most)} at its most, ${megabytes(now)} now`, most <= MOST_MEMORY)
  verdict('p99 of the answer at most 1.5 times that of an empty journal', ratio.toFixed(2), ratio <= MOST_TIMES_SLOWER)
} finally {
  await Promise.all([full.stop(), empty.stop()])
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true })))
}
process.exitCode = failed ? 1 : 0
