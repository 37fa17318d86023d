import { connect } from 'node:net'
import { type Journal, memory, type Options, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { callbackUrl, type SendOptions, send } from '@callboard/testing'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { type ReceivedRequest, receiver } from '../program.ts'

export const APP = 1400000000
export const TOKENS = ['old-token', 'new-token'] as const
export const ADMIN_TOKEN = 'admin-token'

/** A running server with a webhook sink, for one attack after the other. */
export interface AttackTarget {
  readonly served: RunningServer
  /** Sends a genuine callback with these changes. */
  readonly post: (over?: Partial<SendOptions>) => ReturnType<typeof send>
  /** The URL of a genuine callback with these changes. */
  readonly url: (over?: Partial<SendOptions>) => URL
  /** Writes bytes to the callback listener. Returns what comes back until the server closes the connection. */
  readonly raw: (text: string | Buffer) => Promise<string>
  readonly journal: Journal
  /** The requests of the webhook sink. */
  readonly got: readonly ReceivedRequest[]
  readonly close: () => Promise<void>
}

/** An attack resolves with what got through, or with undefined. */
export interface Attack {
  readonly title: string
  readonly attack: (target: AttackTarget) => Promise<string | undefined>
}

let serial = 0
/** A body that differs from all earlier ones. */
export const uniqueBody = (more: object = {}): object => {
  serial += 1
  return { ...groupDestroyed.sample, EventTime: String(1_700_000_000_000 + serial), ...more }
}

export const startTarget = async (change: Partial<Options> & { readonly allow?: readonly string[] } = {}): Promise<AttackTarget> => {
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
    post: (over = {}) => send({ ...genuine, body: uniqueBody(), ...over }),
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

/** Checks that the attempt is answered with this status in the vendor's shape, and that nothing is stored. */
export const checkRefused = async (
  { journal }: AttackTarget,
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

/** Checks that the attempt is answered OK and stored with this status. */
export const checkStored = async (
  { journal }: AttackTarget,
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
/** The number of attempts so far. Each variant of an attack counts. */
export const attemptCount = (): number => attempts

/** Makes the attempt with each item. Returns the first problem. */
export const firstProblem = async <T>(
  items: readonly T[],
  attempt: (item: T) => Promise<string | undefined>,
): Promise<string | undefined> => {
  for (const item of items) {
    const problem = await attempt(item)
    if (problem !== undefined) return `${JSON.stringify(item)?.slice(0, 80)}: ${problem}`
  }
  return undefined
}

/** The same, for attempts that use neither `checkRefused` nor `checkStored`, which count. */
export const firstProblemCounted = <T>(
  items: readonly T[],
  attempt: (item: T) => Promise<string | undefined>,
): Promise<string | undefined> =>
  firstProblem(items, (item) => {
    attempts += 1
    return attempt(item)
  })

/** Parses an HTTP answer. */
export const parseAnswer = (text: string): { readonly status: number; readonly text: string } => ({
  status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
  text: text.slice(text.indexOf('\r\n\r\n') + 4),
})
