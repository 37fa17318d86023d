import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import type { Callboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import type Koa from 'koa'
import type { Middleware } from 'koa'
import compress from 'koa-compress'
import { type BodyOutcome, type ContentType, contentTypeNames, contentTypes, type MountCase, mountCases } from './mount-cases.ts'
import { koaBodyparser, leavesBigIntegers, leavesBoth, leavesStreamUnread, setsEncoding } from './parsers.ts'
import { APP, body, OTHER_APP, type PostOptions, type TestHost, withKoaApp, withOwnServer } from './test-host.ts'

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'
const MOUNT_FIRST = '{"ActionStatus":"FAIL","ErrorInfo":"malformed: mount_before_the_body_parser","ErrorCode":400}'

const headersOf = (type: ContentType): Readonly<Record<string, string>> => {
  const given = contentTypes[type]
  return given === undefined ? {} : { 'content-type': given }
}
const named = (text: string): Buffer => Buffer.from(JSON.stringify({ ...groupDestroyed.sample, Name: text }))
const nameIn = (raw: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(raw ?? []).toString()).Name

const mounted = ({ mount }: MountCase, work: (host: TestHost) => Promise<void>): Promise<void> =>
  mount ? withKoaApp(mount, work) : withOwnServer(work)

/** Sends a callback and returns its outcome. Fails when the answer and the stored event do not agree. */
const outcomeOf = async ({ post, found, errors }: TestHost, posted: PostOptions): Promise<BodyOutcome> => {
  const answer = await post(posted)
  const events = await found()
  expect(errors).to.deep.equal([])
  expect(answer.headers['content-type']).to.equal('application/json; charset=utf-8')
  if (answer.status === 400) {
    expect(answer.text).to.equal(MOUNT_FIRST)
    expect(events).to.deep.equal([])
    return 'refused'
  }
  expect(answer).to.include({ status: 200, text: OK })
  expect(events.map(({ status }) => status)).to.deep.equal(['accepted'])
  const [event] = events
  const raw = Buffer.from(event?.raw ?? [])
  expect(JSON.parse(raw.toString())).to.deep.equal(JSON.parse(body.toString()))
  expect(raw.equals(body)).to.equal(event?.rebuilt !== true)
  return event?.rebuilt ? 'rebuilt' : 'kept'
}

describe('mounting in a Koa app', () => {
  const table = new Map<MountCase, Partial<Record<ContentType, string>>>()
  after(() => {
    const line = (name: string, cells: readonly string[]) =>
      `    ${name.padEnd(42)}${cells.map((cell) => cell.padEnd(14)).join('')}`.trimEnd()
    console.log(line('mounting x Content-Type', contentTypeNames))
    for (const [{ name }, cells] of table)
      console.log(
        line(
          name,
          contentTypeNames.map((type) => cells[type] ?? '-'),
        ),
      )
  })

  for (const mountCase of mountCases) {
    for (const type of contentTypeNames) {
      const expected = mountCase.outcomes?.[type] ?? 'kept'
      it(`${mountCase.name}, ${contentTypes[type] ?? 'no Content-Type'}: ${expected}`, () =>
        mounted(mountCase, async (host) => {
          const outcome = await outcomeOf(host, { headers: headersOf(type), ...(mountCase.path !== undefined && { path: mountCase.path }) })
          table.set(mountCase, { ...table.get(mountCase), [type]: outcome === 'refused' ? '400 refused' : `200 ${outcome}` })
          expect(outcome).to.equal(expected)
        }))
    }
  }

  it('prefers the stream to rawBody, and rawBody to body', async () => {
    const trusted = async (before: Middleware) =>
      withKoaApp(
        (app, callboard) => void app.use(before).use(callboard.middleware()),
        async ({ post, found }) => {
          await post({ body: named('stream') })
          const [event] = await found()
          return [nameIn(event?.raw), event?.rebuilt]
        },
      )
    const raw = named('sturdy').toString()
    expect(await trusted(leavesStreamUnread(raw))).to.deep.equal(['stream', undefined])
    expect(await trusted(leavesBoth(raw, named('string').toString()))).to.deep.equal(['sturdy', undefined])
    expect(await trusted(leavesBoth(raw, { Name: 'object' }))).to.deep.equal(['sturdy', undefined])
  })

  const behindParser = (app: Koa, callboard: Callboard) => void app.use(koaBodyparser()).use(callboard.middleware())

  for (const [what, sent, name] of [
    ['bytes that are no UTF-8', Buffer.concat([body.subarray(0, 3), Buffer.from('"x":"\xff",', 'latin1'), body.subarray(3)]), undefined],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]), undefined],
    ['a replacement character that the sender wrote', named('\ufffd'), '\ufffd'],
  ] as const) {
    it(`marks an event as rebuilt whose bytes may differ from the sent ones: ${what}`, () =>
      withKoaApp(behindParser, async ({ post, found }) => {
        expect(await post({ body: sent, headers: headersOf('json') })).to.include({ status: 200, text: OK })
        const [event] = await found()
        expect(event).to.include({ rebuilt: true })
        if (name !== undefined) expect(nameIn(event?.raw)).to.equal(name)
      }))
  }

  it('answers 400 and says where to mount it when the parsed body cannot be written as JSON', () =>
    withKoaApp(
      (app, callboard) => void app.use(leavesBigIntegers).use(callboard.middleware()),
      async ({ post }) => expect(await post()).to.include({ status: 400, text: MOUNT_FIRST }),
    ))

  for (const encoding of ['latin1', 'ascii', 'utf16le', 'base64', 'hex'] as const) {
    it(`answers 400 and says where to mount it when the host set the encoding ${encoding}`, () =>
      withKoaApp(
        (app, callboard) => void app.use(setsEncoding(encoding)).use(callboard.middleware()),
        async ({ post, found, errors }) => {
          expect(await post()).to.include({
            status: 400,
            text: '{"ActionStatus":"FAIL","ErrorInfo":"malformed: mount_before_set_encoding","ErrorCode":400}',
          })
          expect(await found()).to.deep.equal([])
          expect(errors).to.deep.equal([])
        },
      ))
  }

  it('marks an event as rebuilt whose bytes the encoding of the host may have changed', () =>
    withKoaApp(
      (app, callboard) => void app.use(setsEncoding('utf8')).use(callboard.middleware()),
      async ({ post, found }) => {
        const broken = Buffer.concat([body.subarray(0, 3), Buffer.from('"x":"\xff",', 'latin1'), body.subarray(3)])
        expect(await post({ body: broken })).to.include({ status: 200, text: OK })
        expect((await found())[0]).to.include({ rebuilt: true })
      },
    ))

  it('answers 413 when a host set the encoding and the body without Content-Length is too large [F43]', () =>
    withKoaApp(
      (app, callboard) => void app.use(setsEncoding('utf8')).use(callboard.middleware()),
      async ({ post, found }) => {
        const answer = await post({ body: Buffer.alloc(2 ** 20 + 1, 'x'), headers: { 'transfer-encoding': 'chunked' } })
        expect(answer.status).to.equal(413)
        expect(await found()).to.deep.equal([])
      },
    ))

  it('ends the request of a client that left before the host passed it on', () => {
    const rejected: unknown[] = []
    const leave: Middleware = async (ctx, next) => {
      ctx.req.destroy()
      await once(ctx.req, 'close')
      await next()
    }
    return withKoaApp(
      (app, callboard) => {
        callboard.on('rejected', ({ fault }) => rejected.push(fault))
        app.use(leave).use(callboard.middleware())
      },
      async ({ post, errors }) => {
        expect(await post().catch(() => 'closed')).to.equal('closed')
        await until(() => rejected.length > 0)
        expect(rejected).to.deep.equal([{ _tag: 'Malformed', reason: 'truncated_body' }])
        expect(errors).to.deep.equal([])
      },
    )
  })

  it('lets two Callboards in one app answer only for their own SDKAppID', () =>
    withKoaApp(
      (app, callboard, other) => void app.use(callboard.router('/one').routes()).use(other.router('/two').routes()),
      async ({ post, found, foundByOther }) => {
        expect(await post({ path: '/one', app: APP })).to.include({ status: 200, text: OK })
        expect(await post({ path: '/two', app: OTHER_APP })).to.include({ status: 200, text: OK })
        expect(await post({ path: '/one', app: OTHER_APP })).to.include({ status: 403 })
        expect(await post({ path: '/two', app: APP })).to.include({ status: 403 })
        expect((await found()).map(({ app }) => app)).to.deep.equal([APP])
        expect((await foundByOther()).map(({ app }) => app)).to.deep.equal([OTHER_APP])
      },
    ))

  it('lets the host compress its answers', () =>
    withKoaApp(
      (app, callboard) => void app.use(compress({ threshold: 0 })).use(callboard.middleware()),
      async ({ post }) => {
        const answer = await post({ headers: { 'accept-encoding': 'gzip' } })
        expect(answer).to.include({ status: 200, text: OK })
        expect(answer.headers['content-encoding']).to.equal('gzip')
      },
    ))

  it('answers 403 without reading the body of a request with a wrong Sign', () =>
    withKoaApp(
      (app, callboard) =>
        void app
          .use(async (ctx, next) => {
            await next()
            ctx.set('x-did-read', String(ctx.req.readableDidRead))
          })
          .use(callboard.middleware()),
      async ({ post }) => {
        const answer = await post({ sign: '0'.repeat(64) })
        expect(answer).to.include({ status: 403, text: '{"ActionStatus":"FAIL","ErrorInfo":"unauthorized","ErrorCode":403}' })
        expect(answer.headers['x-did-read']).to.equal('false')
      },
    ))

  it('refuses a compressed body, also after a parser inflated it', () =>
    withKoaApp(behindParser, async ({ post, found }) => {
      const answer = await post({ body: gzipSync(body), headers: { 'content-encoding': 'gzip', ...headersOf('json') } })
      expect(answer.status).to.equal(415)
      expect(await found()).to.deep.equal([])
    }))

  for (const [path, encoded] of [
    ['/callback', '/callback'],
    ['/callback/', '/callback'],
    ['/im/回调', '/im/%E5%9B%9E%E8%B0%83'],
    ['/im/%E5%9B%9E%E8%B0%83/', '/im/%E5%9B%9E%E8%B0%83'],
    ['/a b', '/a%20b'],
  ] as const) {
    it(`router('${path}') answers at ${encoded} with and without a slash at the end`, () =>
      withKoaApp(
        (app, callboard) => void app.use(callboard.router(path).routes()),
        async ({ post }) => {
          for (const asked of [encoded, `${encoded}/`]) expect(await post({ path: asked }), asked).to.include({ status: 200, text: OK })
          for (const asked of [`${encoded}//`, `${encoded}/x`, '/']) expect((await post({ path: asked })).status, asked).to.equal(404)
        },
      ))
  }

  it('answers at the root of the host, too', () =>
    withKoaApp(
      (app, callboard) => void app.use(callboard.router('/').routes()),
      async ({ post }) => expect(await post({ path: '/' })).to.include({ status: 200, text: OK }),
    ))

  it('leaves other paths to the host', () =>
    withKoaApp(
      (app, callboard) => void app.use(callboard.router('/callback').routes()).use((ctx) => Object.assign(ctx, { body: 'mine' })),
      async ({ post }) => {
        expect(await post({ path: '/elsewhere' })).to.include({ status: 200, text: 'mine' })
        expect(await post({ path: '/callback' })).to.include({ status: 200, text: OK })
      },
    ))
})
