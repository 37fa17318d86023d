import type { AddressInfo } from 'node:net'
import { allow, ConfigError, decideWith, defineSink, type EventMap, giveUp, type SinkContext, strictStruct, struct } from '@callboard/core'
import { type Callboard, type CallboardOptions, createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import Koa from 'koa'
import { type Logger, pino } from 'pino'

// Logging, listeners, errors and stopping of a Callboard that is mounted in an app.

const APP = 1400000000
const TOKEN = 'secret'

const base = { apps: [{ sdkAppId: APP, tokens: [TOKEN] }], plugins: [groupDestroyed] } as const

/** Mounts Callboard in an app and runs the work with a function that sends a callback. */
const mounted = async (callboard: Callboard, work: (callback: (group: string) => Promise<number>) => Promise<void>): Promise<void> => {
  const server = new Koa().use(callboard.middleware()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await work(async (GroupId) => {
      const callback = { to: `http://127.0.0.1:${port}/`, app: APP, token: TOKEN, command: groupDestroyed.command }
      return (await send({ ...callback, body: { ...groupDestroyed.sample, GroupId } })).status
    })
  } finally {
    server.closeAllConnections()
    server.close()
    await callboard.stop()
  }
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** A pino logger of the host, and the lines that it wrote. */
const logging = (): { readonly log: Logger; readonly lines: () => readonly Record<string, unknown>[] } => {
  const written: string[] = []
  const log = pino({ level: 'debug' }, { write: (line) => written.push(line) })
  return { log: log.child({ module: 'callboard' }), lines: () => written.map((line) => JSON.parse(line)) }
}

describe('createCallboard in a Koa app', () => {
  it('writes its log and that of its sinks into the host’s pino logger', async () => {
    const { log, lines } = logging()
    const speaks = defineSink({
      kind: 'speaks',
      options: struct({}),
      open: (_, { log }: SinkContext) => {
        log.info({ sink: 'mine' }, 'is open')
        return { write: () => Promise.reject(giveUp('the receiver says 422')) }
      },
    })
    const callboard = await createCallboard({ ...base, sinks: { mine: speaks() }, routes: { '*': ['mine'] }, log })
    callboard.on('accepted', () => {
      throw new Error('the host’s own mistake')
    })
    await mounted(callboard, async (callback) => {
      expect(await callback('@TGS#1')).to.equal(200)
      await callboard.idle()
    })
    expect(lines().map(({ level, module, msg }) => [level, module, msg])).to.deep.equal([
      [30, 'callboard', 'is open'],
      [50, 'callboard', 'callboard.on listener failed'],
      [50, 'callboard', 'delivery failed permanently; see "callboard dead list"'],
    ])
    const [, failed, dead] = lines()
    expect(failed?.err).to.deep.include({ type: 'Error', message: 'the host’s own mistake' })
    expect(failed?.err).to.have.property('stack')
    expect(dead).to.include({ sink: 'mine', error: 'the receiver says 422', command: groupDestroyed.command })
  })

  it('rejects with one error that lists every problem, before it opens a sink', async () => {
    const opened: string[] = []
    const kind = defineSink({
      kind: 'x',
      options: strictStruct({}),
      open: () => {
        opened.push('x')
        return { write: () => {} }
      },
    })
    const options: CallboardOptions = {
      apps: [{ sdkAppId: 0, tokens: [''] }],
      plugins: [groupDestroyed],
      // @ts-expect-error an after-callback takes no decision
      decisions: [{ use: decideWith(groupDestroyed, () => allow), deadline: '2s' }],
      sinks: { fine: kind(), wrong: kind({ retry: 'soon' }) },
      routes: { '*': ['fine', 'missing'] },
      retention: { dead: 'for ever' },
    }
    const error = await thrownBy(createCallboard(options))
    expect(error).to.be.instanceOf(ConfigError)
    expect(String(error).split('\n')).to.deep.equal([
      'ConfigError: apps.0.sdkAppId: expected the SDKAppID, a positive number, got 0',
      'apps.0.tokens: a token is empty',
      'sinks.wrong.retry: expected pauses such as `1s 5s 30s 2m`, got a text',
      'routes.*.1: no sink is called "missing"',
      `decisions.${groupDestroyed.command}: ${groupDestroyed.command} is an after-callback and takes no decision`,
      `decisions.${groupDestroyed.command}.deadline: at most 1600 ms: the answer must leave inside the vendor's 2 s`,
      'retention.dead: expected a duration such as 1500ms, 15s, 2m, 1h or 7d, got a text',
    ])
    expect(opened).to.deep.equal([])
  })

  for (const [token, problem] of [
    ['', 'a token is empty'],
    [' ', 'a token is empty'],
    ['\r\n', 'a token is empty'],
    ['secret\n', 'a token begins or ends with white space: remove it'],
    [' secret', 'a token begins or ends with white space: remove it'],
  ] as const) {
    it(`rejects the token ${JSON.stringify(token)}, because it would refuse every callback`, async () => {
      const options = { apps: [{ sdkAppId: 1, tokens: ['good', token] }], plugins: [], sinks: {}, routes: {} }
      expect(String(await thrownBy(createCallboard(options)))).to.equal(`ConfigError: apps.0.tokens: ${problem}`)
    })
  }

  it('stop waits for running deliveries, then closes the sinks, and refuses new callbacks', async () => {
    const happened: string[] = []
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const write = () => {
      begin()
      return finished
    }
    const kind = defineSink({
      kind: 'x',
      options: struct({}),
      open: () => ({ write, close: () => void happened.push('closed') }),
    })
    const callboard = await createCallboard({ ...base, sinks: { slow: kind() }, routes: { '*': ['slow'] } })
    callboard.on('delivered', ({ sink }) => happened.push(`delivered to ${sink}`))
    await mounted(callboard, async (callback) => {
      expect(await callback('@TGS#1')).to.equal(200)
      await begun
      const stopped = callboard.stop().then(() => happened.push('stopped'))
      expect(await callback('@TGS#2')).to.equal(503)
      expect(callboard.unavailableReasons()).to.deep.equal(['stopping'])
      expect(happened).to.deep.equal([])
      finish()
      await stopped
      expect(happened).to.deep.equal(['delivered to slow', 'closed', 'stopped'])
      expect(await thrownBy(callboard.journal.stats())).to.have.property('code', 'closed')
    })
  })

  it('idle resolves once every accepted event was attempted', async () => {
    const got: string[] = []
    const callboard = await createCallboard({
      ...base,
      sinks: {
        mine: async (event) => {
          await new Promise((resolve) => setImmediate(resolve))
          if (groupDestroyed.is(event)) got.push(event.body.GroupId)
        },
      },
      routes: { '*': ['mine'] },
    })
    await mounted(callboard, async (callback) => {
      await Promise.all(['a', 'b', 'c'].map(callback))
      await callboard.idle()
      expect(got.toSorted()).to.deep.equal(['a', 'b', 'c'])
    })
  })
})

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}

describe('the types of createCallboard', () => {
  it('reject unknown sinks in routes, uncalled sink kinds and apps without a token', () => {
    const sinks = { mine: async () => {} }
    const uncalled = defineSink({ kind: 'x', options: struct({}), open: () => ({ write: () => {} }) })
    const wrong = () => [
      createCallboard({ ...base, sinks, routes: { [groupDestroyed.command]: ['mine'], '*': ['mine'] } }),
      // @ts-expect-error no sink is called so
      createCallboard({ ...base, sinks, routes: { '*': ['mien'] } }),
      // @ts-expect-error a kind that was not called
      createCallboard({ ...base, sinks: { mine: uncalled }, routes: {} }),
      // @ts-expect-error neither tokens nor `verify: 'none'`
      createCallboard({ ...base, apps: [{ sdkAppId: APP }], sinks, routes: {} }),
      // @ts-expect-error no logger
      createCallboard({ ...base, sinks, routes: {}, log: { info: () => {} } }),
    ]
    void wrong
  })

  it('give each listener the payload of its event', () => {
    const listens = (callboard: Callboard) => {
      callboard.on('accepted', ({ event }) => same<typeof event, EventMap['accepted']['event']>(true))
      callboard.on('accepted', ({ event: { id, duplicate } }) => [same<typeof id, string>(true), same<typeof duplicate, boolean>(true)])
      callboard.on('dead', ({ outcome }) => same<typeof outcome, 'dead'>(true))
      callboard.on('rejected', ({ fault }) => (fault._tag === 'Unauthorized' ? fault.reason : undefined))
      const off: () => void = callboard.on('journal', async ({ code }) => code)
      // @ts-expect-error nothing is called so
      callboard.on('acepted', () => {})
      // @ts-expect-error what was rejected may be no event
      callboard.on('rejected', ({ event }) => event.id)
      // @ts-expect-error a delivery has no status
      callboard.on('delivered', ({ status }) => status)
      return off
    }
    void listens
  })
})
