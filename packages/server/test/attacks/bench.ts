import { connect } from 'node:net'
import { type Journal, memory, type Options, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { callbackUrl, type SendOptions, send } from '@callboard/testing'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { type Got, receiver } from '../program.ts'

export const APP = 1400000000
export const TOKENS = ['old-token', 'new-token'] as const
export const ADMIN_TOKEN = 'admin-token'

/** A running server under attack, and what can be seen of it. */
export interface Bench {
  readonly served: RunningServer
  /** Sends a callback that is genuine but for what is given. */
  readonly post: (over?: Partial<SendOptions>) => ReturnType<typeof send>
  /** The URL of a genuine callback. */
  readonly url: (over?: Partial<SendOptions>) => URL
  /** Writes bytes to the callback listener and gives what comes back until it closes. */
  readonly raw: (text: string | Buffer) => Promise<string>
  readonly journal: Journal
  /** What the webhook sink has sent. */
  readonly got: readonly Got[]
  readonly close: () => Promise<void>
}

/** One way in, by the number of the fault that it is; gives what got through, if anything did. */
export interface Attack {
  readonly fault: string
  readonly what: string
  readonly attack: (bench: Bench) => Promise<string | undefined>
}

let serial = 0
/** A body that nobody has sent before. */
export const aBody = (more: object = {}): object => {
  serial += 1
  return { ...groupDestroyed.sample, EventTime: String(1_700_000_000_000 + serial), ...more }
}

export const bench = async (change: Partial<Options> & { readonly allow?: readonly string[] } = {}): Promise<Bench> => {
  const { allow, ...options } = change
  const { got, url: hook, close } = await receiver()
  const journal = memory()
  const served = await startServer(
    {
      settings: {
        listen: { host: '127.0.0.1', port: 0, path: '/callback', ...(allow && { allow }) },
        admin: { host: '127.0.0.1', port: 0, token: ADMIN_TOKEN },
      },
      apps: [{ sdkAppId: APP, tokens: TOKENS }],
      plugins: [groupDestroyed],
      sinks: { crm: webhook({ url: hook, unsigned: true, format: 'raw', allow: ['127.0.0.0/8'] }) },
      routes: { '*': ['crm'] },
      ...options,
    },
    { journal, log: silentLog },
  )
  const genuine = { to: served.callbackUrl, app: APP, token: TOKENS[0], command: groupDestroyed.command }
  return {
    served,
    journal,
    got,
    post: (over = {}) => send({ ...genuine, body: aBody(), ...over }),
    url: (over = {}) => new URL(callbackUrl({ ...genuine, ...over })),
    raw: (text) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(served.callbackUrl)
        const socket = connect(Number(port), hostname, () => socket.write(text))
        let answer = ''
        socket.on('data', (data) => {
          answer += data
        })
        socket.on('close', () => resolve(answer))
        socket.on('error', reject)
      }),
    close: async () => {
      await served.stop()
      await close()
    },
  }
}

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Is it refused with this status, in the vendor's shape, and was nothing stored? */
export const refused = async (
  { journal }: Bench,
  status: number,
  attempt: () => Promise<{ readonly status: number; readonly text: string }>,
): Promise<string | undefined> => {
  attempts += 1
  const before = (await journal.stats()).events
  const answer = await attempt()
  if (answer.status !== status) return `answered ${answer.status} ${answer.text} where ${status} belongs`
  const json: unknown = JSON.parse(answer.text)
  const shape = typeof json === 'object' && json !== null && 'ActionStatus' in json && 'ErrorCode' in json && json.ErrorCode === status
  if (!shape) return `not in the vendor's shape: ${answer.text}`
  return (await journal.stats()).events === before ? undefined : 'something was stored'
}

/** Is it answered OK, and stored with this status? */
export const stored = async (
  { journal }: Bench,
  as: 'accepted' | 'unknown' | 'quarantined',
  attempt: () => Promise<{ readonly text: string }>,
): Promise<string | undefined> => {
  attempts += 1
  const before = (await journal.stats()).events
  const { text } = await attempt()
  if (text !== OK) return `answered ${text}`
  if ((await journal.stats()).events !== before + 1) return 'not stored once'
  const [event] = (await journal.find({ limit: 1, order: 'newest' })).events
  return event?.status === as ? undefined : `stored as ${event?.status}`
}

let attempts = 0
/** How many ways in have been tried so far, each variant counted. */
export const attempted = (): number => attempts

/** The first complaint of several attempts. */
export const each = async <T>(items: readonly T[], attempt: (item: T) => Promise<string | undefined>): Promise<string | undefined> => {
  for (const item of items) {
    const complaint = await attempt(item)
    if (complaint !== undefined) return `${JSON.stringify(item)?.slice(0, 80)}: ${complaint}`
  }
  return undefined
}

/** The same, for attempts that count themselves nowhere else. */
export const eachCounted = <T>(items: readonly T[], attempt: (item: T) => Promise<string | undefined>): Promise<string | undefined> =>
  each(items, (item) => {
    attempts += 1
    return attempt(item)
  })

/** An HTTP answer read from a socket. */
export const answerIn = (text: string): { readonly status: number; readonly text: string } => ({
  status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
  text: text.slice(text.indexOf('\r\n\r\n') + 4),
})
