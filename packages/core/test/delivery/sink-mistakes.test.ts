import { defineSink, giveUp, handle, type Log, type Options, retryAfter, struct } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, start, stopAll } from '../test-dispatcher.ts'

// Mistakes of authors of sinks who write JavaScript, where no compiler checks types.

const throwing = (thrown: unknown) => () => {
  throw thrown
}
const sinkThatOpens = (open: unknown) => Reflect.apply(defineSink, undefined, [{ kind: 'queue', options: struct({}), open }])()
const sinkThatWrites = (write: unknown) => sinkThatOpens(() => ({ write }))
const routes = { '*': ['mine', 'other'] }

const keepWarnings = () => {
  const warnings: (readonly [message: string, fields: Readonly<Record<string, unknown>>])[] = []
  const warn: Log['warn'] = (fields, message) => warnings.push([message, fields])
  return { warnings, log: { info: () => {}, warn, error: () => {} } }
}

const unreadable = new Proxy(new Error('x'), {
  get: () => {
    throw new Error('no')
  },
})
const unprintable = {
  toString: () => {
    throw new Error('no')
  },
}

const attemptOf = async (sink: Options['sinks'][string]) => {
  let others = 0
  const started = await start({
    sinks: {
      mine: sink,
      other: () => {
        others += 1
      },
    },
    routes,
  })
  await started.send('g')
  await started.dispatcher.idle()
  expect(others).to.equal(1)
  const attempt = started.signals.flatMap((signal) => (signal.type === 'attempt' && signal.sink === 'mine' ? [signal] : []))[0]
  return { ...started, outcome: attempt?.outcome, error: attempt?.error, retryInMs: attempt?.retryInMs }
}

describe('a sink whose `open`', () => {
  afterEach(stopAll)

  const wrong: readonly (readonly [name: string, open: unknown, problem: string])[] = [
    ['throws an error', throwing(new Error('boom')), 'boom'],
    ['rejects', () => Promise.reject(new Error('boom')), 'boom'],
    ['throws nothing', throwing(undefined), 'undefined'],
    ['throws an error that cannot be read', throwing(unreadable), 'an unreadable error'],
    ['returns nothing', () => undefined, 'open returned nothing; expected an object with a function `write`'],
    ['returns a function', () => () => {}, 'open returned a function; expected an object with a function `write`'],
    ['returns no write', async () => ({ wirte: () => {} }), 'open returned an object; expected an object with a function `write`'],
  ]
  for (const [name, open, problem] of wrong) {
    it(`${name} is named with its kind, and the journal is closed`, async () => {
      const error: unknown = await start({ sinks: { mine: sinkThatOpens(open) } }).catch((reason: unknown) => reason)
      expect(String(error)).to.equal(`ConfigError: sinks.mine: cannot be opened: ${problem}; its kind is queue`)
    })
  }

  it('never ends is named after 10 s', async () => {
    const clock = manualClock()
    const starting = start({ clock, sinks: { mine: sinkThatOpens(() => new Promise(() => {})) } }).catch((reason: unknown) => reason)
    await clock.advance(10_000)
    expect(String(await starting)).to.equal('ConfigError: sinks.mine: cannot be opened: still running after 10 s; its kind is queue')
  })
})

describe('a sink whose `write`', () => {
  afterEach(stopAll)

  const thrown: readonly (readonly [name: string, thrown: unknown, error: string])[] = [
    ['an error', new Error('boom'), 'boom'],
    ['an error without a message', new TypeError(), 'TypeError'],
    ['a text', 'boom', 'boom'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['an object that cannot be printed', unprintable, 'an object'],
    ['an error that cannot be read', unreadable, 'an unreadable error'],
    ['giveUp, which it did not call', giveUp, 'a function'],
  ]
  for (const [what, value, error] of thrown) {
    it(`throws ${what} is retried later, and no other sink waits [F18]`, async () => {
      expect(await attemptOf(sinkThatWrites(throwing(value)))).to.include({ outcome: 'retry', error })
      expect(await attemptOf(sinkThatWrites(() => Promise.reject(value)))).to.include({ outcome: 'retry', error })
      expect(await attemptOf(throwing(value))).to.include({ outcome: 'retry', error })
    })
  }

  for (const value of [undefined, 7, 'x', {}, null]) {
    it(`returns ${JSON.stringify(value) ?? 'undefined'} instead of a promise has delivered`, async () => {
      expect((await attemptOf(sinkThatWrites(() => value))).outcome).to.equal('delivered')
    })
  }

  it('returns giveUp or retryAfter instead of throwing it has not delivered', async () => {
    const handled = (result: unknown) => handle(disbanded, () => result)
    for (const make of [sinkThatWrites, handled] as const) {
      const returned = (value: unknown) => attemptOf(make === handled ? handled(value) : sinkThatWrites(async () => value))
      expect(await returned(giveUp('the receiver says 422'))).to.include({ outcome: 'dead', error: 'the receiver says 422' })
      expect(await returned(retryAfter(60_000, '429'))).to.include({ outcome: 'retry', error: '429', retryInMs: 60_000 })
    }
  })

  for (const ms of [Number.NaN, -1, Number.NEGATIVE_INFINITY, undefined, 'soon', {}, null]) {
    it(`throws retryAfter(${String(ms)}) is retried by its schedule`, async () => {
      const { outcome, retryInMs } = await attemptOf(sinkThatWrites(throwing(Reflect.apply(retryAfter, undefined, [ms, '429']))))
      expect(outcome).to.equal('retry')
      expect(retryInMs).to.be.within(800, 1_200)
    })
  }

  it('throws retryAfter(Infinity) is retried after an hour', async () => {
    expect((await attemptOf(sinkThatWrites(throwing(retryAfter(Number.POSITIVE_INFINITY, '429'))))).retryInMs).to.equal(3_600_000)
  })

  it('throws giveUp without a reason is dead with the name of the error', async () => {
    expect(await attemptOf(sinkThatWrites(throwing(Reflect.apply(giveUp, undefined, []))))).to.include({ outcome: 'dead', error: 'GiveUp' })
  })

  it('ends after its timeout has no effect, also if it then rejects', async () => {
    let fail = (_error: Error) => {}
    const late = new Promise((_, reject) => {
      fail = reject
    })
    const { dispatcher, clock, send, attempts } = await start({ sinks: { mine: sinkThatWrites(() => late) }, routes: { '*': ['mine'] } })
    await send('g')
    await clock.advance(16_000)
    expect(attempts()).to.deep.equal(['mine retry 1'])
    fail(new Error('late'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(attempts()).to.deep.equal(['mine retry 1'])
    expect(dispatcher.sinks()[0]).to.include({ inFlight: 0 })
  })
})

describe('a sink whose `close`', () => {
  afterEach(stopAll)

  const wrong: readonly (readonly [name: string, close: unknown, error: string])[] = [
    ['throws', throwing(new Error('boom')), 'boom'],
    ['rejects', () => Promise.reject(new Error('boom')), 'boom'],
    ['is no function', 7, 'writer.close is not a function'],
    ['never ends', () => new Promise(() => {}), 'still running after 2 s'],
  ]
  for (const [name, close, error] of wrong) {
    it(`${name} is logged with its kind, and the others are closed`, async () => {
      const closed: string[] = []
      const { warnings, log } = keepWarnings()
      const { dispatcher, clock } = await start({
        sinks: {
          mine: sinkThatOpens(() => ({ write: () => {}, close })),
          other: sinkThatOpens(() => ({ write: () => {}, close: () => closed.push('other') })),
        },
        log,
      })
      await Promise.all([dispatcher.stop(), clock.advance(20_000)])
      expect(warnings).to.deep.equal([['sink failed to close', { sink: 'mine', kind: 'queue', error }]])
      expect(closed).to.deep.equal(['other'])
    })
  }
})
