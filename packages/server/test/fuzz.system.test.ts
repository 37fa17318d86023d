import { Readable } from 'node:stream'
import { memory, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl, manualClock } from '@callboard/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Dispatcher, Pool } from 'undici'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

const APP = 1400000000
const TOKEN = 'secret'
const NOW = Date.UTC(2026, 0, 1)
/** FUZZ_REQUESTS and FUZZ_SEED in the environment change the number of requests and the seed. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 5_000)
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101)
const BATCH_SIZE = 500

interface Request {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const url = new URL(
  callbackUrl({
    to: 'http://x/callback',
    app: APP,
    token: TOKEN,
    command: groupDestroyed.command,
    requestTime: NOW / 1_000,
  }),
)
const valid = Buffer.from(JSON.stringify({ ...groupDestroyed.sample }))

const queries = fc.oneof(
  { weight: 6, arbitrary: fc.constant(url.search) },
  { weight: 1, arbitrary: fc.webQueryParameters().map((text) => `?${text}`) },
  { weight: 1, arbitrary: fc.webQueryParameters().map((text) => `${url.search}&${text}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(url.search.length - 1), fc.constantFrom('0', '&', '=', '%', '%00', '%zz', '[]', '&SdkAppid=1'))
      .map(([at, put]) => `?${url.search.slice(1, at)}${put}${url.search.slice(at + 1)}`),
  },
)

/** A valid body with some bytes replaced, removed or inserted. */
const mutated = fc
  .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(20), fc.uint8Array({ maxLength: 8 })), { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce<Buffer>((bytes, [at, cut, put]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]), valid),
  )

const bodies = fc.oneof(
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 2,
    arbitrary: fc
      .dictionary(
        fc.constantFrom('GroupId', 'Type', 'Name', 'Owner_Account', 'EventTime', '__proto__', 'MemberList', 'CallbackCommand'),
        fc.jsonValue(),
      )
      .map((value) => Buffer.from(JSON.stringify({ ...groupDestroyed.sample, ...value }))),
  },
)

const requests: fc.Arbitrary<Request> = fc.record({
  method: fc.oneof(
    { weight: 20, arbitrary: fc.constant<Dispatcher.HttpMethod>('POST') },
    { weight: 1, arbitrary: fc.constantFrom<Dispatcher.HttpMethod>('GET', 'PUT', 'DELETE') },
  ),
  path: fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constant('/callback') },
        { weight: 1, arbitrary: fc.constantFrom('/', '/callback/', '/%2e%2e') },
      ),
      queries,
    )
    .map(([path, query]) => `${path}${query.replace(/[^\x21-\x7e]/g, encodeURIComponent)}`),
  headers: fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    {},
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=gbk' },
    { 'content-encoding': 'gzip' },
    { 'transfer-encoding': 'chunked' },
  ),
  body: bodies,
})

/** A body in pieces of 16 bytes, which is sent without its length. */
const pieces = (body: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.ceil(body.length / 16) }, (_, n) => body.subarray(n * 16, n * 16 + 16))

const DECLARED = new Set([200, 400, 403, 404, 405, 413, 415, 503])

/** Says what is wrong with an answer. Returns undefined for a right answer. */
const problemOf = (status: number, text: string): string | undefined => {
  if (!DECLARED.has(status)) return `status ${status}`
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null) return `answered ${text}`
  const { ActionStatus, ErrorCode, ErrorInfo, ...others }: Partial<Record<string, unknown>> = { ...json }
  if (Object.keys(others).length > 0) return `a field that the vendor does not know: ${text}`
  if (typeof ErrorInfo !== 'string') return `ErrorInfo in ${text}`
  const right = status === 200 ? ActionStatus === 'OK' && ErrorCode === 0 : ActionStatus === 'FAIL' && ErrorCode === status
  return right ? undefined : `${status} with ${text}`
}

describe(`${REQUESTS.toLocaleString('en')} random requests (seed ${SEED})`, () => {
  let served: RunningServer
  let pool: Pool
  const defects: unknown[] = []
  const counts = new Map<number, number>()
  const clock = manualClock(NOW)

  before(async () => {
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
        plugins: [groupDestroyed],
        sinks: {},
        routes: {},
        clock,
      },
      {
        // Stores nothing: stored events would fill the memory.
        journal: { ...memory(), append: async (batch) => batch.map(({ id }) => ({ type: 'recorded', id })) },
        log: silentLog,
        listener: (signal) => {
          if (signal.type === 'answered' && signal.fault?._tag === 'Defect') defects.push(signal.fault.error)
        },
      },
    )
    pool = new Pool(new URL(served.callbackUrl).origin, { connections: 32 })
  })
  after(async () => {
    await pool.close()
    await stopOnManualClock(served, clock)
  })

  const ask = async ({ method, path, headers, body }: Request) => {
    const chunked = headers['transfer-encoding'] !== undefined
    const { statusCode, body: answer } = await pool.request({
      method,
      path,
      headers: chunked ? {} : headers,
      ...(method !== 'GET' && { body: chunked ? Readable.from(pieces(body)) : body }),
    })
    counts.set(statusCode, (counts.get(statusCode) ?? 0) + 1)
    return problemOf(statusCode, await answer.text())
  }

  it('are all answered in the vendor’s shape, without a defect and without a change to Object.prototype [F46]', async function () {
    this.timeout(600_000)
    const shape = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: BATCH_SIZE, maxLength: BATCH_SIZE }), async (batch) => {
        expect((await Promise.all(batch.map(ask))).filter((problem) => problem !== undefined)).to.deep.equal([])
      }),
      { seed: SEED, numRuns: Math.ceil(REQUESTS / BATCH_SIZE), endOnFailure: true },
    )
    expect(defects).to.deep.equal([])
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).to.equal(shape)
    expect(served.callboard.unavailableReasons()).to.deep.equal([])
    const told = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${count} x ${status}`)
    console.log(`      ${told.join(', ')}`)
    for (const status of [200, 400, 403, 404, 405, 415]) expect(counts.get(status), String(status)).to.be.above(REQUESTS / 1_000)
  })
})
