import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type Answered, send } from '../load.ts'
import type { Program } from '../program.ts'

export const APP = 1_400_000_000
const TOKEN = 'secret'

/** A directory with a configuration: one sink, whose receiver is not there, and whatever else is said. */
export const place = async (more = ''): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> => {
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

/** The n-th of bodies that are all different. */
export const bodyOf = (n: number): string =>
  JSON.stringify({ ...groupDestroyed.sample, GroupId: `@TGS#${n}`, EventTime: 1_700_000_000_000 + n })

let sent = 0
/** So many callbacks to a program, at this rate. */
export const loadOn = ({ callbackUrl }: Program, rate: number, seconds: number, connections = 32): Promise<readonly Answered[]> => {
  const base = 10_000_000 + sent
  const count = rate * seconds
  sent += count
  const body = (n: number) => bodyOf(base + n)
  return send({ to: callbackUrl, app: APP, token: TOKEN, command: groupDestroyed.command, body, count, rate, connections })
}
