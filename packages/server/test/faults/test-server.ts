import { connect } from 'node:net'
import {
  type Allow,
  allow,
  decideWith,
  definePlugin,
  type Journal,
  memory,
  type Options,
  type Refuse,
  refuse,
  silentLog,
  struct,
  type TelemetryEvent,
  verdicts,
} from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type ManualClock, manualClock, type SendOptions, send } from '@callboard/testing'
import * as t from 'io-ts'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { stopOnManualClock } from '../stop-on-manual-clock.ts'

// A server on a manual clock, for tests of each row of the fault table.

const APP = 1400000000
const TOKEN = 'secret'
export const NOW = Date.UTC(2026, 10, 1)

export const beforeSend = definePlugin({
  command: 'Group.CallbackBeforeSendMsg',
  title: 'Before a group message is sent',
  body: struct({ GroupId: t.string, Text: t.string }),
  key: ({ GroupId }) => GroupId,
  sample: { GroupId: 'g', Text: 'hello' },
  before: verdicts({ codes: [10100, 10200], drop: true }),
})
export const beforeGift = definePlugin({
  command: 'Live.CallbackBeforeSendGift',
  title: 'Before a gift is sent',
  body: struct({ GiftId: t.string }),
  sample: { GiftId: 'rose' },
  before: verdicts({ codes: [102100, 102200], fallback: 'refuse' }),
})
let hanging = 0
/** How many decisions were started that never resolve. */
export const hangingDecisions = (): number => hanging
/** Decides as a text of the body says: `throw` fails, `never` does not resolve, `spam` is refused, anything else is allowed. */
const decide = async (behaviour: string, code: number): Promise<Allow | Refuse> => {
  if (behaviour === 'throw') throw new Error('moderation is down')
  if (behaviour === 'never') {
    hanging += 1
    return new Promise<never>(() => {})
  }
  return behaviour === 'spam' ? refuse(code, 'no spam here') : allow
}
const decisions = [
  decideWith(beforeSend, ({ body }) => decide(body.Text, 10100)),
  decideWith(beforeGift, ({ body }) => decide(body.GiftId, 102100)),
]

/** What `send` returns. */
export type SentAnswer = Awaited<ReturnType<typeof send>>

/** A running server with its clock, its journal and its telemetry. */
export interface TestServer {
  readonly served: RunningServer
  readonly clock: ManualClock
  readonly journal: Journal
  readonly telemetry: readonly TelemetryEvent[]
  readonly post: (callback?: Partial<SendOptions>) => ReturnType<typeof send>
  readonly stored: () => Promise<readonly { command: string; status: string; reasons: readonly string[] }[]>
}

const started: Pick<TestServer, 'served' | 'clock'>[] = []
export const startTestServer = async (
  change: Partial<Options> & { journalOver?: Partial<Journal>; allow?: readonly string[] } = {},
): Promise<TestServer> => {
  const clock = manualClock(NOW)
  const inner = memory({ clock })
  const { journalOver, allow, ...options } = change
  const journal: Journal = { ...inner, ...journalOver }
  const signals: TelemetryEvent[] = []
  const served = await startServer(
    {
      settings: {
        listen: { host: '127.0.0.1', port: 0, path: '/callback', ...(allow && { allow }) },
        admin: { host: '127.0.0.1', port: 0 },
      },
      apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
      plugins: [groupDestroyed, beforeSend, beforeGift],
      decisions,
      sinks: { mine: () => {} },
      routes: { '*': ['mine'] },
      clock,
      ...options,
    },
    { journal, log: silentLog, listener: (signal) => signals.push(signal) },
  )
  started.push({ served, clock })
  return {
    served,
    clock,
    journal,
    telemetry: signals,
    post: (callback) =>
      send({
        to: served.callbackUrl,
        app: APP,
        token: TOKEN,
        command: groupDestroyed.command,
        body: { ...groupDestroyed.sample, EventTime: String(clock.now()) },
        requestTime: Math.floor(clock.now() / 1000),
        ...callback,
      }),
    stored: async () =>
      (await inner.find({ limit: 100, order: 'oldest' })).events.map(({ command, status, reasons = [] }) => ({ command, status, reasons })),
  }
}

/** Stops every server of this file. */
export const stopTestServers = async (): Promise<void> => {
  await Promise.all(started.splice(0).map(({ served, clock }) => stopOnManualClock(served, clock)))
}

export const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
export const fail = (code: number, ErrorInfo: string) => ({ ActionStatus: 'FAIL', ErrorInfo, ErrorCode: code })

/** Writes this text to the server's port. Returns what comes back until the server closes the connection. */
export const sendRaw = (url: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(text))
    let got = ''
    socket.on('data', (data) => {
      got += data
    })
    socket.on('close', () => resolve(got))
    socket.on('error', reject)
  })

/** A before-callback whose fallback allows. */
export const beforeCallback = { command: beforeSend.command, body: { GroupId: 'g', Text: 'hello' } }
