import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { allow, decideWith, definePlugin, type Journal, memory, refuse, silentLog, struct, verdicts } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import * as t from 'io-ts'
import type { CertificateFiles } from '../../src/config/service.ts'
import { type RunningServer, startServer } from '../../src/http/server.ts'

export const APP = 1400000000
export const TOKEN = 'secret'

const beforeSend = definePlugin({
  command: 'Group.CallbackBeforeSendMsg',
  title: 'Before a group message is sent',
  body: struct({ GroupId: t.string }),
  sample: { GroupId: 'g' },
  before: verdicts({ codes: [10100, 10200], drop: true }),
})
/** Takes some turns of the event loop. */
const decision = decideWith(beforeSend, async ({ body }) => {
  await sleep(20)
  return body.GroupId === 'spam' ? refuse(10100, 'no') : allow
})

/** A running server, with raw connections to its listeners. */
export interface TestListeners {
  readonly server: RunningServer
  readonly journal: Journal
  /** Opens a connection to a listener. It stays half-open when one side ends. */
  readonly open: (listener: 'callback' | 'admin') => Socket
  /** Returns the bytes of a genuine callback. */
  readonly callback: (change?: { readonly before?: string; readonly headers?: readonly string[]; readonly body?: string }) => string
  /** Returns the sum of the series whose names start so. */
  readonly metric: (name: string) => Promise<number>
}

let serial = 0

/** Runs the work with a server. With `tls` its callback listener speaks HTTPS. */
export const withListeners = async <A>(
  options: { readonly tls?: CertificateFiles; readonly client?: { readonly cert: Buffer; readonly key: Buffer } },
  work: (listeners: TestListeners) => Promise<A>,
): Promise<A> => {
  const journal = memory()
  const anywhere = { host: '127.0.0.1', port: 0 }
  const server = await startServer(
    {
      settings: { listen: { ...anywhere, path: '/callback', ...(options.tls && { tls: options.tls }) }, admin: anywhere },
      apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
      plugins: [groupDestroyed, beforeSend],
      decisions: [decision],
      sinks: {},
      routes: {},
    },
    { journal, log: silentLog },
  )
  const sockets: Socket[] = []
  try {
    return await work({
      server,
      journal,
      open: (listener) => {
        const { hostname: host, port, protocol } = new URL(listener === 'admin' ? server.adminUrl : server.callbackUrl)
        const target = { host, port: Number(port), allowHalfOpen: true }
        const socket = protocol === 'https:' ? connectTls({ ...target, rejectUnauthorized: false, ...options.client }) : connect(target)
        sockets.push(socket)
        return socket
      },
      callback: ({ before, headers = [], body } = {}) => {
        const command = before === undefined ? groupDestroyed.command : beforeSend.command
        const { pathname, search } = new URL(callbackUrl({ to: server.callbackUrl, app: APP, token: TOKEN, command }))
        serial += 1
        const content =
          body ?? JSON.stringify(before === undefined ? { ...groupDestroyed.sample, EventTime: `${serial}` } : { GroupId: before })
        const lines = [`POST ${pathname}${search} HTTP/1.1`, 'Host: x', `Content-Length: ${Buffer.byteLength(content)}`, ...headers]
        return `${lines.join('\r\n')}\r\n\r\n${content}`
      },
      metric: async (name) => {
        const { hostname: host, port } = new URL(server.adminUrl)
        const socket = connect({ host, port: Number(port), allowHalfOpen: true })
        const all = received(socket)
        // The client ends this connection, so the server does not count it.
        socket.end('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
        const lines = (await all).split('\n').filter((line) => line.startsWith(name))
        return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
      },
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    await server.stop()
  }
}

/** Returns all that a connection sends until its other side ends. */
export const received = (socket: Socket): Promise<string> => text(socket)

/** Returns the status lines in an HTTP stream. */
export const statusesIn = (stream: string): readonly string[] => stream.match(/HTTP\/1\.1 \d+/g) ?? []

/** Returns the body of the last answer in an HTTP stream. */
export const lastBody = (stream: string): unknown => JSON.parse(stream.slice(stream.lastIndexOf('\r\n\r\n') + 4))
