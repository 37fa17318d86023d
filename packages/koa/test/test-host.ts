import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { memory, silentLog } from '@callboard/core'
import { type Callboard, createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import Koa from 'koa'
// The koa package must not depend on the server. This test does, to compare the answers of both.
import { startServer } from '../../server/src/http/server.ts'

export const APP = 1400000000
export const OTHER_APP = 1400000001
const TOKEN = 'secret'

/** The sample in a layout that no serializer writes, with text that a form parser would change. */
export const body = Buffer.from(
  `${JSON.stringify({ ...groupDestroyed.sample, Name: '群 &CallbackCommand=x&a[b]=c+%41' }, null, 1).replace(':', ' :')}\n`,
)

export interface HttpAnswer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface PostOptions {
  readonly path?: string
  readonly app?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly sign?: string
}

const optionsFor = (sdkAppId: number) => {
  const journal = memory()
  const parts = { apps: [{ sdkAppId, tokens: [TOKEN] }], plugins: [groupDestroyed], sinks: {}, routes: {} }
  return { parts, journal, found: async () => (await journal.find({ limit: 10, order: 'oldest', raw: true })).events }
}

/** A Callboard for one SDKAppID, and its stored events. */
const callboardFor = async (sdkAppId: number) => {
  const { parts, journal, found } = optionsFor(sdkAppId)
  return { callboard: await createCallboard({ ...parts, journal }), found }
}

/** Posts with exactly these headers. `fetch` would add a Content-Type. */
const post = (to: string, { app = APP, headers = {}, body: bytes = body, sign }: PostOptions): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const url = callbackUrl({ to, app, token: TOKEN, command: groupDestroyed.command, ...(sign !== undefined && { sign }) })
    const isChunked = 'transfer-encoding' in headers
    const asked = request(
      url,
      { method: 'POST', headers: { ...(!isChunked && { 'content-length': bytes.byteLength }), ...headers }, agent: false },
      (response) => {
        buffer(response).then((answer) => {
          const text = response.headers['content-encoding'] === 'gzip' ? gunzipSync(answer) : answer
          resolve({ status: response.statusCode, headers: response.headers, text: text.toString() })
        }, reject)
      },
    )
    asked.on('error', reject)
    asked.end(bytes)
  })

export interface TestHost {
  readonly post: (posted?: PostOptions) => Promise<HttpAnswer>
  /** The stored events of the Callboard for APP, and of the one for OTHER_APP. */
  readonly found: ReturnType<typeof optionsFor>['found']
  readonly foundByOther: ReturnType<typeof optionsFor>['found']
  /** The unhandled errors that Koa reported. */
  readonly errors: readonly unknown[]
}

/** Runs the work with a Koa app on a free port. `mount` mounts Callboards for two SDKAppIDs in it. */
export const withKoaApp = async <A>(
  mount: (app: Koa, callboard: Callboard, other: Callboard) => void,
  work: (host: TestHost) => Promise<A>,
): Promise<A> => {
  const [one, other] = [await callboardFor(APP), await callboardFor(OTHER_APP)]
  const app = new Koa()
  const errors: unknown[] = []
  app.on('error', (error) => errors.push(error))
  mount(app, one.callboard, other.callboard)
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await work({
      post: (posted = {}) => post(`http://127.0.0.1:${port}${posted.path ?? '/callback'}`, posted),
      found: one.found,
      foundByOther: other.found,
      errors,
    })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all([one.callboard.stop(), other.callboard.stop()])
  }
}

/** Runs the work with the server of @callboard/server. */
export const withOwnServer = async <A>(work: (host: TestHost) => Promise<A>): Promise<A> => {
  const { parts, journal, found } = optionsFor(APP)
  const anywhere = { host: '127.0.0.1', port: 0 }
  const settings = { listen: { ...anywhere, path: '/callback' }, admin: anywhere }
  const { callbackUrl: url, stop } = await startServer({ ...parts, settings }, { journal, log: silentLog })
  try {
    return await work({ post: (posted = {}) => post(url, posted), found, foundByOther: async () => [], errors: [] })
  } finally {
    await stop()
  }
}
