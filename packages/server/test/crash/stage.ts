import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { openReader } from '@callboard/journal'
import { type Got, type RunOptions, receiver, type Started, startProgram, workplace } from '../program.ts'
import type { Copy, Evidence } from './verify.ts'

/** A place where the real program can be started again and again on one journal, with a webhook and a file as its sinks. */
export interface Stage {
  readonly dir: string
  /** Starts the program, and waits until it takes callbacks. */
  readonly start: (failpoints?: string, under?: readonly string[]) => Promise<Server>
  /** Calls this for each request at the webhook that is accepted, with their number since. */
  readonly onDelivered: (told: (number: number) => void) => void
  /** What became of what was answered OK. */
  readonly evidence: (promised: ReadonlySet<number>) => Promise<Evidence>
  /** Resolves when nothing is pending any more. */
  readonly drained: () => Promise<void>
  /** Kills what still runs. */
  readonly close: () => Promise<void>
}

/** A program that takes callbacks. */
export interface Server extends Started {
  readonly url: string
  /** Whether it is ready, and what it says about that. */
  readonly ready: () => Promise<{ status: number; text: string }>
}

export interface StageOptions {
  /** Where the journal is; default in the directory of the stage. */
  readonly journal?: string
  /** One in so many deliveries is refused at first. Default: none. */
  readonly refuseOneIn?: number
}

const LOOK_AGAIN = 10

const yaml = (hook: string, journal: string) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ${journal} }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  audit: { use: file, path: ./data/audit.jsonl }
  crm: { use: webhook, url: "${hook}", unsigned: true, allow: [127.0.0.0/8], retry: "${'20ms '.repeat(50).trim()}" }
routes: { "*": [audit, crm] }
`

/** Starts the program in a directory and waits until it takes callbacks. */
export const startServer = async (options: RunOptions): Promise<Server> => {
  const started = startProgram(['start'], options)
  const [, readyUrl = ''] = await started.prints(/health: (\S+?)[\s"]/)
  const [, url = ''] = await started.prints(/callback URL: (\S+?)[\s"]/)
  const ready = async () => {
    const response = await fetch(readyUrl)
    return { status: response.status, text: await response.text() }
  }
  return { ...started, url, ready }
}

const copyOf = ({ headers, body }: Got): Copy => ({ id: String(headers['webhook-id']), serial: JSON.parse(body).Serial })

export const createStage = async ({ journal = './data/callboard.db', refuseOneIn = 0 }: StageOptions = {}): Promise<Stage> => {
  const accepted: boolean[] = []
  const started: Server[] = []
  let told: (number: number) => void = () => {}
  let delivered = 0
  const hook = await receiver(() => {
    const isAccepted = refuseOneIn === 0 || accepted.length % refuseOneIn !== refuseOneIn - 1
    accepted.push(isAccepted)
    if (isAccepted) told(++delivered)
    return isAccepted ? 204 : 503
  })
  const { dir, remove } = await workplace(yaml(hook.url, journal))

  const read = <Read>(look: (reader: ReturnType<typeof openReader>) => Read): Read => {
    const reader = openReader(isAbsolute(journal) ? journal : join(dir, journal))
    try {
      return look(reader)
    } finally {
      reader.close()
    }
  }

  return {
    dir,
    start: async (failpoints = '', under?: readonly string[]) => {
      const server = await startServer({ cwd: dir, env: { CALLBOARD_FAILPOINT: failpoints }, ...(under && { under }) })
      started.push(server)
      return server
    },
    onDelivered: (listener) => {
      delivered = 0
      told = listener
    },
    drained: async () => {
      while (read((reader) => Object.values(reader.stats().sinks).some(({ pending }) => pending > 0))) await passed(LOOK_AGAIN)
    },
    evidence: async (promised) => ({
      promised,
      kept: read((reader) =>
        reader.find({ limit: 1_000_000, order: 'oldest', raw: true }).events.map(({ id, raw, key, deliveries }) => ({
          id,
          key: key ?? '',
          serial: JSON.parse(Buffer.from(raw ?? []).toString()).Serial,
          delivered: deliveries.filter(({ state }) => state === 'delivered').map(({ sink }) => sink),
        })),
      ),
      hooked: hook.got.filter((_, place) => accepted[place]).map(copyOf),
      filed: await readFile(join(dir, 'data/audit.jsonl'), 'utf8'),
    }),
    close: async () => {
      for (const { child, ended } of started) {
        child.kill('SIGKILL')
        await ended
      }
      await hook.close()
      await remove()
    },
  }
}
