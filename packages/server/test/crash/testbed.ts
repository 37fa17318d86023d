import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { openReader } from '@callboard/journal'
import { type ProgramServer, type ReceivedRequest, receiver, startServer, tempDirectory } from '../program.ts'
import type { Evidence, ReceivedCopy } from './broken-promises.ts'

/** A directory with a configuration, in which the built program can be started repeatedly on one journal. Its sinks are a webhook and a file. */
export interface Testbed {
  readonly dir: string
  /** Starts the program and waits until it takes callbacks. */
  readonly start: (failpoints?: string, under?: readonly string[]) => Promise<ProgramServer>
  /** Sets the listener of accepted webhook requests. It gets their number since this call. */
  readonly onDelivered: (listener: (count: number) => void) => void
  /** Reads the journal and both sinks. */
  readonly evidence: (acknowledged: ReadonlySet<number>) => Promise<Evidence>
  /** Resolves when no delivery is pending. */
  readonly drained: () => Promise<void>
  /** Kills the programs and removes the directory. */
  readonly close: () => Promise<void>
}

export interface TestbedOptions {
  /** The path of the journal. Default: in the directory. */
  readonly journal?: string
  /** The webhook refuses every nth request. Default: none. */
  readonly refuseOneIn?: number
}

const POLL_INTERVAL_MS = 10

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

const copyOf = ({ headers, body }: ReceivedRequest): ReceivedCopy => ({
  id: String(headers['webhook-id']),
  serial: JSON.parse(body).Serial,
})

export const createTestbed = async ({ journal = './data/callboard.db', refuseOneIn = 0 }: TestbedOptions = {}): Promise<Testbed> => {
  const accepted: boolean[] = []
  const started: ProgramServer[] = []
  let onDelivered: (count: number) => void = () => {}
  let delivered = 0
  const hook = await receiver(() => {
    const isAccepted = refuseOneIn === 0 || accepted.length % refuseOneIn !== refuseOneIn - 1
    accepted.push(isAccepted)
    if (isAccepted) onDelivered(++delivered)
    return isAccepted ? 204 : 503
  })
  const { dir, remove } = await tempDirectory(yaml(hook.url, journal))

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
      onDelivered = listener
    },
    drained: async () => {
      while (read((reader) => Object.values(reader.stats().sinks).some(({ pending }) => pending > 0))) await passed(POLL_INTERVAL_MS)
    },
    evidence: async (acknowledged) => ({
      acknowledged,
      stored: read((reader) =>
        reader.find({ limit: 1_000_000, order: 'oldest', raw: true }).events.map(({ id, raw, key, deliveries }) => ({
          id,
          key: key ?? '',
          serial: JSON.parse(Buffer.from(raw ?? []).toString()).Serial,
          delivered: deliveries.filter(({ state }) => state === 'delivered').map(({ sink }) => sink),
        })),
      ),
      atWebhook: hook.got.filter((_, place) => accepted[place]).map(copyOf),
      inFile: await readFile(join(dir, 'data/audit.jsonl'), 'utf8'),
    }),
    close: async () => {
      for (const { stop } of started) await stop()
      await hook.close()
      await remove()
    },
  }
}
