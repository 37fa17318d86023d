import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import type { Program } from '../process/program.ts'
import { type Answered, sendAtRate } from './send-at-rate.ts'

export const APP = 1_400_000_000
const TOKEN = 'secret'

/** Creates a directory with a configuration that has one sink, without a receiver. `more`: other parts of the configuration. */
export const createSoakDirectory = async (more = ''): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-soak-'))
  await writeFile(
    join(dir, 'callboard.yaml'),
    `apps: [{ sdkAppId: ${APP}, tokens: [${TOKEN}] }]
listen: { port: 0 }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  crm: { use: webhook, url: "http://127.0.0.1:9/hook", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [crm] }
${more}`,
  )
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** Returns the n-th body. All bodies differ. */
export const bodyOf = (n: number): string =>
  JSON.stringify({ ...groupDestroyed.sample, GroupId: `@TGS#${n}`, EventTime: 1_700_000_000_000 + n })

let sent = 0
/** Sends callbacks to a program at a steady rate. */
export const sendCallbacks = ({ callbackUrl }: Program, rate: number, seconds: number, connections = 32): Promise<readonly Answered[]> => {
  const base = 10_000_000 + sent
  const count = rate * seconds
  sent += count
  const body = (n: number) => bodyOf(base + n)
  return sendAtRate({ to: callbackUrl, app: APP, token: TOKEN, command: groupDestroyed.command, body, count, rate, connections })
}
