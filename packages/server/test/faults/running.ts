import { connect } from 'node:net'
import {
  allow,
  decideWith,
  definePlugin,
  type Journal,
  memory,
  type Options,
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
import { stopStill } from '../still.ts'

// A server whose time stands still, for looking at every row of the fault table: status, shape, and what was stored.

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
let asked = 0
/** How often a decision was asked that never answers. */
export const askedInVain = (): number => asked
const moderate = decideWith(beforeSend, async ({ body }) => {
  if (body.Text === 'throw') throw new Error('moderation is down')
  if (body.Text === 'never') {
    asked += 1
    return new Promise<never>(() => {})
  }
  return body.Text === 'spam' ? refuse(10100, 'no spam here') : allow
})

/** A server, and the ways to talk to it and to look at it. */
export interface Running {
  readonly served: RunningServer
  readonly clock: ManualClock
  readonly journal: Journal
  readonly signals: readonly TelemetryEvent[]
  readonly post: (callback?: Partial<SendOptions>) => ReturnType<typeof send>
  readonly stored: () => Promise<readonly { command: string; status: string; reasons: readonly string[] }[]>
}

const running: Pick<Running, 'served' | 'clock'>[] = []
export const run = async (
  change: Partial<Options> & { journalOver?: Partial<Journal>; allow?: readonly string[] } = {},
): Promise<Running> => {
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
      decisions: [moderate],
      sinks: { mine: () => {} },
      routes: { '*': ['mine'] },
      clock,
      ...options,
    },
    { journal, log: silentLog, listener: (signal) => signals.push(signal) },
  )
  running.push({ served, clock })
  return {
    served,
    clock,
    journal,
    signals,
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

/** Stops every server that was started. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(({ served, clock }) => stopStill(served, clock)))
}

export const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
export const fail = (code: number, ErrorInfo: string) => ({ ActionStatus: 'FAIL', ErrorInfo, ErrorCode: code })

/** Sends bytes as they are and gives what comes back until the peer closes. */
export const raw = (url: string, text: string): Promise<string> =>
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

export const beforeCallback = { command: beforeSend.command, body: { GroupId: 'g', Text: 'hello' } }
