import { connect } from 'node:net'
import {
  allow,
  decideWith,
  definePlugin,
  faults,
  type Journal,
  memory,
  type Options,
  refuse,
  type Signal,
  silent,
  struct,
  verdicts,
} from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type Callback, type ManualClock, manualClock, send, until } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { type Served, serve } from '../src/serve.ts'

// Every row of the fault table, on a running server: status, shape, and what was stored.

const APP = 1400000000
const TOKEN = 'secret'
const NOW = Date.UTC(2026, 10, 1)

const beforeSend = definePlugin({
  command: 'Group.CallbackBeforeSendMsg',
  title: 'Before a group message is sent',
  body: struct({ GroupId: t.string, Text: t.string }),
  key: ({ GroupId }) => GroupId,
  sample: { GroupId: 'g', Text: 'hello' },
  before: verdicts({ codes: [10100, 10200], drop: true }),
})
const beforeGift = definePlugin({
  command: 'Live.CallbackBeforeSendGift',
  title: 'Before a gift is sent',
  body: struct({ GiftId: t.string }),
  sample: { GiftId: 'rose' },
  before: verdicts({ codes: [102100, 102200], fallback: 'refuse' }),
})
let asked = 0
const moderate = decideWith(beforeSend, async ({ body }) => {
  if (body.Text === 'throw') throw new Error('moderation is down')
  if (body.Text === 'never') {
    asked += 1
    return new Promise<never>(() => {})
  }
  return body.Text === 'spam' ? refuse(10100, 'no spam here') : allow
})

interface Running {
  readonly served: Served
  readonly clock: ManualClock
  readonly journal: Journal
  readonly signals: readonly Signal[]
  readonly post: (callback?: Partial<Callback>) => ReturnType<typeof send>
  readonly stored: () => Promise<readonly { command: string; status: string; reasons: readonly string[] }[]>
}

const running: Pick<Running, 'served' | 'clock'>[] = []
const run = async (change: Partial<Options> & { journalOver?: Partial<Journal>; allow?: readonly string[] } = {}): Promise<Running> => {
  const clock = manualClock(NOW)
  const inner = memory({ clock })
  const { journalOver, allow, ...options } = change
  const journal: Journal = { ...inner, ...journalOver }
  const signals: Signal[] = []
  const served = await serve(
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
    { journal, log: silent, listener: (signal) => signals.push(signal) },
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

/** Stops a server whose time stands still. */
const stop = async ({ served, clock }: Pick<Running, 'served' | 'clock'>) => {
  let stopped = false
  served.stop().then(() => {
    stopped = true
  })
  while (!stopped) await clock.advance(1_000)
}

const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
const fail = (code: number, ErrorInfo: string) => ({ ActionStatus: 'FAIL', ErrorInfo, ErrorCode: code })

/** Sends bytes as they are and gives what comes back until the peer closes. */
const raw = (url: string, text: string): Promise<string> =>
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

const beforeCallback = { command: beforeSend.command, body: { GroupId: 'g', Text: 'hello' } }

describe('the fault table on a running server: what is refused', () => {
  let server: Running
  before(async () => {
    server = await run()
  })
  after(async () => {
    await Promise.all(running.splice(0).map(stop))
  })

  const refused: readonly (readonly [string, Partial<Callback>, number, string])[] = [
    ['Unauthorized: another app', { app: 1400000001 }, 403, 'unauthorized'],
    ['Unauthorized: a wrong Sign', { sign: '0'.repeat(64) }, 403, 'unauthorized'],
    ['Unauthorized: too old', { requestTime: NOW / 1000 - 61 }, 403, 'unauthorized'],
    [
      'UnsupportedEncoding: a compressed body',
      { headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported content encoding: send the body uncompressed',
    ],
    ['TooLarge: more than 1 MiB', { body: `{"GroupId":"${'x'.repeat(2 ** 20)}"}` }, 413, 'body too large'],
    ['Malformed: no JSON', { body: '{' }, 400, 'malformed: not_json'],
    ['Malformed: no object', { body: '[]' }, 400, 'malformed: not_an_object'],
    ['Malformed: bad UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, 'malformed: not_utf8'],
    ['Malformed: a forbidden key', { body: '{"__proto__":1}' }, 400, 'malformed: forbidden_key'],
    ['Malformed: too deep', { body: `{"a":${'['.repeat(64)}${']'.repeat(64)}}` }, 400, 'malformed: too_deep'],
    ['Malformed: too many values', { body: `{"a":[${'0,'.repeat(100_000)}0]}` }, 400, 'malformed: too_many_values'],
    ['Malformed: no command', { command: '' }, 400, 'malformed: no_command'],
    ['Malformed: body and query differ', { body: { CallbackCommand: 'Group.Other' } }, 400, 'malformed: command_mismatch'],
    ['Unauthorized before everything about the body', { app: 7, headers: { 'content-encoding': 'gzip' } }, 403, 'unauthorized'],
    [
      'UnsupportedEncoding before TooLarge',
      { headers: { 'content-encoding': 'br' }, body: 'x'.repeat(2 ** 20 + 1) },
      415,
      'unsupported content encoding: send the body uncompressed',
    ],
  ]
  for (const [what, callback, status, says] of refused) {
    it(`${what}: ${status}, nothing stored`, async () => {
      const before = server.signals.length
      const answer = await server.post(callback)
      expect(answer.status).to.equal(status)
      expect(answer.json).to.deep.equal(fail(status, says))
      expect(answer.headers.get('content-type')).to.match(/^application\/json/)
      expect(await server.stored()).to.deep.equal([])
      expect(server.signals.slice(before).map(({ type }) => type)).to.deep.equal(['answered'])
    })
  }

  it('Malformed: the command given twice: 400', async () => {
    expect((await server.post({ query: { CallbackCommand: 'x' } })).status).to.equal(400)
  })

  it('NotFound: 404 on every other path, without a word about the right one', async () => {
    const answer = await server.post({ to: new URL('/', server.served.callbackUrl).href })
    expect(answer).to.deep.include({ status: 404, json: fail(404, 'not found') })
  })

  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    it(`MethodNotAllowed: ${method} is 405 with Allow`, async () => {
      const answer = await fetch(server.served.callbackUrl, { method })
      expect(answer.status).to.equal(405)
      expect(answer.headers.get('allow')).to.equal('POST')
      expect(await answer.json()).to.deep.equal(fail(405, 'method not allowed'))
    })
  }

  it('BadRequest: 400 from the HTTP parser, in the vendor’s shape', async () => {
    const got = await raw(server.served.callbackUrl, 'POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n')
    expect(got).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(400, 'bad request'))
  })

  it('HeadersTooLarge: 431', async () => {
    const got = await raw(server.served.callbackUrl, `POST /callback HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(got).to.match(/^HTTP\/1\.1 431 /)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(431, 'request header fields too large'))
  })

  it('RequestTimeout: 408 for a head that never ends', async function () {
    this.timeout(10_000)
    const got = await raw(server.served.callbackUrl, 'POST /callback HTTP/1.1\r\nHost: x\r\n')
    expect(got).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(408, 'request timeout'))
  })
})

describe('the fault table on a running server: what is answered', () => {
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stop))
  })

  it('accepted: 200 OK, stored once, also when it comes twice', async () => {
    const { post, stored, served } = await run()
    expect(await post()).to.deep.include({ status: 200, text: JSON.stringify(OK) })
    expect((await post()).json).to.deep.equal(OK)
    await served.callboard.idle()
    expect(await stored()).to.have.length(1)
  })

  it('Unauthorized: an address that is not allowed, whatever it signs and claims', async () => {
    const { post, stored, signals } = await run({ allow: ['10.0.0.0/8'] })
    const answer = await post({ headers: { 'x-forwarded-for': '10.0.0.1' } })
    expect(answer).to.deep.include({ status: 403, json: fail(403, 'unauthorized') })
    expect(signals[0]).to.have.nested.property('fault.reason', 'address')
    expect(await stored()).to.deep.equal([])
  })

  it('UnknownCommand: 200 OK, stored as unknown and routed by "*"', async () => {
    const { post, stored, served, journal } = await run()
    expect((await post({ command: 'Group.New', body: { EventTime: 1, x: 1 } })).json).to.deep.equal(OK)
    await served.callboard.idle()
    expect(await stored()).to.deep.equal([{ command: 'Group.New', status: 'unknown', reasons: [] }])
    const [event] = (await journal.find({ limit: 1, order: 'oldest' })).events
    expect(event?.deliveries).to.deep.equal([{ sink: 'mine', state: 'delivered', attempts: 1 }])
  })

  it('InvalidBody: 200 OK, quarantined with reasons and without deliveries', async () => {
    const { post, stored, journal } = await run()
    expect((await post({ body: { GroupId: 7, EventTime: 1 } })).json).to.deep.equal(OK)
    const reasons = [
      'GroupId: expected string',
      'Type: expected string, got nothing',
      'Owner_Account: expected string, got nothing',
      'Name: expected string, got nothing',
    ]
    expect(await stored()).to.deep.equal([{ command: groupDestroyed.command, status: 'quarantined', reasons }])
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.deliveries).to.deep.equal([])
  })

  it('InvalidBody of a before-callback: its fallback', async () => {
    const { post, stored } = await run()
    expect((await post({ ...beforeCallback, body: {} })).json).to.deep.equal(OK)
    expect((await post({ command: beforeGift.command, body: {} })).json).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect((await stored()).map(({ status }) => status)).to.deep.equal(['quarantined', 'quarantined'])
  })

  it('decided: 200 with the decision’s code and text, stored with the decision', async () => {
    const { post, journal } = await run()
    expect((await post({ ...beforeCallback, body: { GroupId: 'g', Text: 'spam' } })).json).to.deep.equal({
      ...OK,
      ErrorCode: 10100,
      ErrorInfo: 'no spam here',
    })
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.decision).to.deep.equal({ by: 'plugin', code: 10100, ms: 0 })
  })

  it('DecideFailed: the fallback, stored with the reason', async () => {
    const { post, journal, signals } = await run()
    expect((await post({ ...beforeCallback, body: { GroupId: 'g', Text: 'throw' } })).json).to.deep.equal(OK)
    const [event] = (await journal.find({ limit: 1, order: 'oldest' })).events
    expect(event?.decision).to.deep.equal({ by: 'fallback', code: 0, ms: 0, complaint: 'the decision failed' })
    expect(signals.find(({ type }) => type === 'answered')).to.have.nested.property('fault._tag', 'DecideFailed')
  })

  it('DecideLate: the fallback 1.5 s after the head, whatever the decision does', async () => {
    const { post, clock, journal } = await run()
    const answer = post({ ...beforeCallback, body: { GroupId: 'g', Text: 'never' } })
    await until(() => asked > 0)
    let arrived = false
    answer.then(() => {
      arrived = true
    })
    await clock.advance(1_499)
    expect(arrived).to.equal(false)
    await clock.advance(1)
    expect((await answer).json).to.deep.equal(OK)
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.decision).to.include({
      by: 'fallback',
      complaint: 'the decision came too late',
      ms: 1_500,
    })
  })

  it('NotRecorded: held until 2.2 s after the head, then 503 and close; stored all the same when the journal can', async () => {
    let heal = () => {}
    const healed = new Promise<void>((resolve) => {
      heal = resolve
    })
    const inner = memory()
    let appending = false
    const append: Journal['append'] = async (batch) => {
      appending = true
      await healed
      return inner.append(batch)
    }
    const { post, clock, served } = await run({ journalOver: { append } })
    const answer = post()
    let arrived = false
    answer.then(() => {
      arrived = true
    })
    await until(() => appending)
    await clock.advance(2_199)
    expect(arrived).to.equal(false)
    expect(served.callboard.troubles()).to.have.length(1)
    await clock.advance(1)
    const { status, json, headers } = await answer
    expect(json).to.deep.equal(fail(503, 'not recorded'))
    expect(status).to.equal(503)
    expect(headers.get('connection')).to.equal('close')
    heal()
    await served.callboard.idle()
    expect((await inner.find({ limit: 5, order: 'oldest' })).events).to.have.length(1)
    expect(served.callboard.troubles()).to.deep.equal([])
  })

  it('NotRecorded of a before-callback: its decision, 1.8 s after the head', async () => {
    let appending = false
    const append = () => {
      appending = true
      return new Promise<never>(() => {})
    }
    const { post, clock } = await run({ journalOver: { append } })
    const answer = post({ ...beforeCallback, body: { GroupId: 'g', Text: 'spam' } })
    await until(() => appending)
    await clock.advance(1_800)
    expect(await answer).to.deep.include({ status: 200, json: { ...OK, ErrorCode: 10100, ErrorInfo: 'no spam here' } })
  })

  it('Overloaded: 503 at once, a before-callback its fallback; nothing stored', async () => {
    const { post, stored } = await run({ limits: { queue: 10 } })
    const answer = await post()
    expect(answer).to.deep.include({ status: 503, json: fail(503, 'overloaded') })
    expect(answer.headers.get('retry-after')).to.equal('2')
    expect((await post(beforeCallback)).json).to.deep.equal(OK)
    expect(await stored()).to.deep.equal([])
  })

  it('Defect: 503, a before-callback its fallback; the server goes on', async () => {
    const broken = {
      ...groupDestroyed,
      read: () => {
        throw new Error('a bug')
      },
    }
    const { post, signals } = await run({ plugins: [broken, beforeSend, { ...beforeGift, read: broken.read }] })
    expect(await post()).to.deep.include({ status: 503, json: fail(503, 'internal error') })
    expect((await post({ command: beforeGift.command, body: {} })).json).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect((await post(beforeCallback)).json).to.deep.equal(OK)
    expect(signals[0]).to.have.nested.property('fault._tag', 'Defect')
  })

  it('has a test here for every row', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL(import.meta.url), 'utf8')
    for (const tag of Object.keys(faults)) expect(text, tag).to.match(new RegExp(`(it\\(|\\[)\\s*['"\`]${tag}\\b`))
  })
})
