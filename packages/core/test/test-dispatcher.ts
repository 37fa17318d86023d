import {
  createDispatcher,
  type Delivery,
  type Dispatcher,
  definePlugin,
  defineSink,
  type IncomingRequest,
  list,
  memory,
  type Options,
  struct,
  type TelemetryEvent,
} from '@callboard/core'
import { type ManualClock, manualClock } from '@callboard/testing'
import * as t from 'io-ts'

// A dispatcher for tests: its time stands still, and it tells what happens.

export const disbanded = definePlugin({
  command: 'Group.CallbackAfterGroupDestroyed',
  title: 'Group disbanded',
  body: struct({ GroupId: t.string }, { MemberList: list(struct({ Member_Account: t.string })) }),
  key: ({ GroupId }) => GroupId,
  sample: { GroupId: 'g' },
  hooks: { log: ({ body }) => `gone: ${body.GroupId}` },
})

export type Write = (delivery: Delivery<unknown>, signal: AbortSignal) => unknown
/** A sink of the kind `log` that writes like this. */
export const kind = (write: Write, onClose = () => {}) =>
  defineSink({
    kind: 'log',
    options: struct({}),
    open: () => ({
      write: async (delivery, signal) => {
        await write(delivery, signal)
      },
      close: onClose,
    }),
  })

const open: { readonly dispatcher: Dispatcher; readonly clock: ManualClock }[] = []

/** A dispatcher whose time stands still, with everything it tells. */
export const start = async (change: Partial<Options> & { clock?: ManualClock } = {}) => {
  const own = change.clock ?? manualClock()
  const clock = own
  const signals: TelemetryEvent[] = []
  const journal = memory({ clock })
  const dispatcher = await createDispatcher({
    apps: [{ sdkAppId: 1, verify: 'none' }],
    plugins: [disbanded],
    sinks: {},
    routes: {},
    journal,
    clock,
    listener: (signal) => signals.push(signal),
    ...change,
  })
  open.push({ dispatcher, clock: own })
  let serial = 0
  const incoming = (body: unknown, command: string = disbanded.command, text = JSON.stringify(body)): IncomingRequest => ({
    query: new URLSearchParams({ SdkAppid: '1', CallbackCommand: command, Sign: 'never stored', ClientIP: '127.0.0.1' }).toString(),
    admitted: true,
    headAt: clock.elapsed(),
    readBody: async () => ({ raw: Buffer.from(text) }),
  })
  return {
    dispatcher,
    clock,
    signals,
    journal,
    send: (group: string) => dispatcher.handle(incoming({ GroupId: group, EventTime: ++serial })),
    post: (body: unknown, command?: string, text?: string) => dispatcher.handle(incoming(body, command, text)),
    attempts: () => signals.flatMap((signal) => (signal.type === 'attempt' ? [`${signal.sink} ${signal.outcome} ${signal.attempt}`] : [])),
  }
}

/** Stops everything that was started. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).flatMap(({ dispatcher, clock }) => [dispatcher.stop(), clock.advance(20_000)]))
}
