import { gzipSync } from 'node:zlib'
import type { Callboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import type Koa from 'koa'
import type { Middleware } from 'koa'
import compress from 'koa-compress'
import { APP, body, type Host, hosting, OTHER_APP, type Posted, served } from './host.ts'
import { koaBodyparser, leavesBigIntegers, leavesBoth, leavesStreamUnread } from './parsers.ts'
import { type Fate, type Type, typeNames, types, type Way, ways } from './ways.ts'

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'
const MOUNT_FIRST = '{"ActionStatus":"FAIL","ErrorInfo":"malformed: mount_before_the_body_parser","ErrorCode":400}'

const headersOf = (type: Type): Readonly<Record<string, string>> => {
  const given = types[type]
  return given === undefined ? {} : { 'content-type': given }
}
const named = (text: string): Buffer => Buffer.from(JSON.stringify({ ...groupDestroyed.sample, Name: text }))
const nameIn = (raw: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(raw ?? []).toString()).Name

const mounted = ({ mount }: Way, work: (host: Host) => Promise<void>): Promise<void> => (mount ? hosting(mount, work) : served(work))

/** What became of a callback; fails when the answer and what is stored do not agree. */
const fateOf = async ({ post, found, errors }: Host, posted: Posted): Promise<Fate> => {
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

describe('mounting', () => {
  const table = new Map<Way, Partial<Record<Type, string>>>()
  after(() => {
    const line = (name: string, cells: readonly string[]) =>
      `    ${name.padEnd(42)}${cells.map((cell) => cell.padEnd(14)).join('')}`.trimEnd()
    console.log(line('way to mount x Content-Type', typeNames))
    for (const [{ name }, cells] of table)
      console.log(
        line(
          name,
          typeNames.map((type) => cells[type] ?? '-'),
        ),
      )
  })

  for (const way of ways) {
    for (const type of typeNames) {
      const expected = way.fates?.[type] ?? 'kept'
      it(`${way.name}, ${types[type] ?? 'no Content-Type'}: ${expected}`, () =>
        mounted(way, async (host) => {
          const fate = await fateOf(host, { headers: headersOf(type), ...(way.path !== undefined && { path: way.path }) })
          table.set(way, { ...table.get(way), [type]: fate === 'refused' ? '400 refused' : `200 ${fate}` })
          expect(fate).to.equal(expected)
        }))
    }
  }

  it('trusts the stream more than rawBody, and rawBody more than a body', async () => {
    const trusted = async (before: Middleware) =>
      hosting(
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
    it(`marks an event whose text may not be what was sent: ${what}`, () =>
      hosting(behindParser, async ({ post, found }) => {
        expect(await post({ body: sent, headers: headersOf('json') })).to.include({ status: 200, text: OK })
        const [event] = await found()
        expect(event).to.include({ rebuilt: true })
        if (name !== undefined) expect(nameIn(event?.raw)).to.equal(name)
      }))
  }

  it('says where to mount it when the object cannot be written as JSON', () =>
    hosting(
      (app, callboard) => void app.use(leavesBigIntegers).use(callboard.middleware()),
      async ({ post }) => expect(await post()).to.include({ status: 400, text: MOUNT_FIRST }),
    ))

  it('two Callboards in one app answer for an SDKAppID each, and for no other', () =>
    hosting(
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

  it('leaves compressing its answers to the host', () =>
    hosting(
      (app, callboard) => void app.use(compress({ threshold: 0 })).use(callboard.middleware()),
      async ({ post }) => {
        const answer = await post({ headers: { 'accept-encoding': 'gzip' } })
        expect(answer).to.include({ status: 200, text: OK })
        expect(answer.headers['content-encoding']).to.equal('gzip')
      },
    ))

  it('does not read a body that nobody vouches for, and answers itself where the host handles errors', () =>
    hosting(
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

  it('refuses a compressed body, also one that a parser before it has inflated', () =>
    hosting(behindParser, async ({ post, found }) => {
      const answer = await post({ body: gzipSync(body), headers: { 'content-encoding': 'gzip', ...headersOf('json') } })
      expect(answer.status).to.equal(415)
      expect(await found()).to.deep.equal([])
    }))

  it('leaves other paths to the host', () =>
    hosting(
      (app, callboard) => void app.use(callboard.router('/callback').routes()).use((ctx) => Object.assign(ctx, { body: 'mine' })),
      async ({ post }) => {
        expect(await post({ path: '/elsewhere' })).to.include({ status: 200, text: 'mine' })
        expect(await post({ path: '/callback' })).to.include({ status: 200, text: OK })
      },
    ))
})
