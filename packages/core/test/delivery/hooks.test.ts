import { definePlugin, defineSink, type Log, type Options, type Plugin, string, struct } from '@callboard/core'
import { expect } from 'chai'
import { disbanded, start, stopAll } from '../test-dispatcher.ts'

const command = 'Group.X'

/** A plugin with one hook, as from JavaScript, where nobody checks types. */
const pluginWith = (kind: string, hook: unknown): Plugin =>
  Reflect.apply(definePlugin, undefined, [
    { command, title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' }, hooks: { [kind]: hook } },
  ])

/** A sink of a kind that keeps its payloads. */
const keepPayloads = (kind: string) => {
  const payloads: unknown[] = []
  const make = defineSink({
    kind,
    options: struct({}),
    open: () => ({
      write: ({ payload }) => {
        payloads.push(payload)
      },
    }),
  })
  return { sink: make(), payloads }
}

const keepLines = () => {
  const lines: { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
  const write =
    (level: string): Log['info'] =>
    (fields, message) =>
      lines.push({ level, message, fields })
  return { lines, log: { info: write('info'), warn: write('warn'), error: write('error') } }
}

/** Delivers one event to a sink of a kind whose hook does this. A second sink of another kind shows that it gets its event. */
const deliver = async (kind: string, hook: unknown, change: Omit<Partial<Options>, 'clock'> = {}) => {
  const { sink, payloads } = keepPayloads(kind)
  const other = keepPayloads('another')
  const { lines, log } = keepLines()
  const started = await start({
    plugins: [pluginWith(kind, hook), disbanded],
    sinks: { mine: sink, other: other.sink },
    routes: { '*': ['mine', 'other'] },
    log,
    ...change,
  })
  expect((await started.post({ GroupId: 'g' }, command)).status).to.equal(200)
  await started.dispatcher.idle()
  const attempt = started.signals.flatMap((signal) => (signal.type === 'attempt' && signal.sink === 'mine' ? [signal] : []))[0]
  return { ...started, attempt, payloads, others: other.payloads, lines }
}

const cycle: Record<string, unknown> = {}
cycle.self = cycle
const cyclicError = Object.assign(new Error('boom'), { cycle })
const unreadable = new Proxy(new Error('x'), {
  get: () => {
    throw new Error('no')
  },
})
const throwing = (thrown: unknown) => () => {
  throw thrown
}

const mistakes: readonly (readonly [name: string, hook: () => unknown, error: RegExp])[] = [
  ['throws an error', throwing(new Error('boom')), /threw: boom \(.*hooks\.test\.ts:\d+:\d+\)$/],
  ['throws an error with a cycle', throwing(cyclicError), /threw: boom \(/],
  ['throws an error without a message', throwing(new TypeError()), /threw: TypeError \(/],
  ['throws a text', throwing('boom'), /threw: boom$/],
  ['throws undefined', throwing(undefined), /threw: undefined$/],
  ['throws null', throwing(null), /threw: null$/],
  ['throws a symbol', throwing(Symbol('x')), /threw: Symbol\(x\)$/],
  ['throws an object without a prototype', throwing(Object.create(null)), /threw: an object$/],
  ['throws an error that cannot be read', throwing(unreadable), /threw: an unreadable error$/],
  ['throws a long text', throwing('x'.repeat(10_000)), /threw: x{200}$/],
  ['is async', async () => 'x', /returned a Promise; expected the payload itself: hooks are not async$/],
  ['rejects', () => Promise.reject(new Error('late')), /returned a Promise/],
  ['never resolves', () => new Promise(() => {}), /returned a Promise/],
  ['returns nothing', () => undefined, /returned nothing; expected a payload$/],
]

const notJson: readonly (readonly [name: string, payload: unknown, error: RegExp])[] = [
  ['a cycle', { a: cycle }, /returned a value that JSON cannot carry: \$\.a\.self is a cycle$/],
  ['a function', { a: () => {} }, /JSON cannot carry: \$\.a is a function$/],
  ['a symbol', { a: Symbol('x') }, /JSON cannot carry: \$\.a is a symbol$/],
  ['a Map', { a: { b: new Map() } }, /JSON cannot carry: \$\.a\.b is a Map$/],
  ['NaN', { a: Number.NaN }, /JSON cannot carry: \$\.a is NaN$/],
  ['a toJSON that throws', { a: { toJSON: throwing(new Error('boom')) } }, /JSON cannot carry: \$\.a threw: boom$/],
]

describe('a hook', () => {
  afterEach(stopAll)

  for (const kind of ['log', 'file', 'webhook', 'my-queue']) {
    for (const [name, hook, error] of mistakes) {
      it(`for ${kind} that ${name} fails its delivery, which is retried, and no other one [F18]`, async () => {
        const { attempt, payloads, others, dispatcher } = await deliver(kind, hook)
        expect(attempt).to.include({ outcome: 'retry', attempt: 1 })
        expect(attempt?.error)
          .to.match(new RegExp(`^hook ${kind} of plugin Group\\.X `))
          .and.match(error)
        expect(payloads).to.deep.equal([])
        expect(others).to.have.length(1)
        expect(dispatcher.sinks().map(({ health }) => health)).to.deep.equal(['healthy', 'healthy'])
      })
    }
  }

  for (const kind of ['log', 'file', 'webhook']) {
    for (const [name, payload, error] of notJson) {
      it(`for ${kind} that returns ${name} fails its delivery with the part that JSON cannot carry`, async () => {
        const { attempt } = await deliver(kind, () => (kind === 'log' ? { message: 'x', fields: payload } : payload))
        expect(attempt?.outcome).to.equal('retry')
        expect(attempt?.error)
          .to.match(new RegExp(`^hook ${kind} of plugin Group\\.X returned a value`))
          .and.match(new RegExp(error.source.replace('\\$', kind === 'log' ? '\\$\\.fields' : '\\$')))
      })
    }
  }

  for (const [kind, payload, error] of [
    ['log', 7, 'returned a number; expected a text, or { message, fields }'],
    ['log', new Date(0), 'returned a Date; expected a text, or { message, fields }'],
    ['log', 1n, 'returned a BigInt; expected a text, or { message, fields }'],
    ['log', { text: 'x' }, 'returned an object; expected a text, or { message, fields }'],
    ['log', { message: 7 }, 'returned an object; expected a text, or { message, fields }'],
    ['log', { message: 'x', fields: 'y' }, 'returned an object; expected a text, or { message, fields }'],
    ['file', 'x', 'returned a text; expected an object'],
    ['file', null, 'returned null; expected an object'],
    ['file', [1], 'returned a list; expected an object'],
    ['file', new Date(0), 'returned a Date; expected an object'],
  ] as const) {
    it(`for ${kind} that ${error.split(';')[0]} says what its kind of sink expects`, async () => {
      const { attempt } = await deliver(kind, () => payload)
      expect(attempt?.error).to.equal(`hook ${kind} of plugin Group.X ${error}`)
    })
  }

  it('may return Dates and BigInts, which become ISO texts and digits in the JSON of log, file and webhook', async () => {
    const values = { at: new Date(0), id: 144115198576116560n, none: undefined }
    const json = { at: '1970-01-01T00:00:00.000Z', id: '144115198576116560' }
    expect((await deliver('log', () => ({ message: 'x', fields: values }))).payloads).to.deep.equal([{ message: 'x', fields: json }])
    expect((await deliver('file', () => values)).payloads).to.deep.equal([json])
    expect((await deliver('webhook', () => values)).payloads).to.deep.equal([json])
    expect((await deliver('webhook', () => new Date(0))).payloads).to.deep.equal(['1970-01-01T00:00:00.000Z'])
    expect((await deliver('webhook', () => null)).payloads).to.deep.equal([null])
  })

  it('for a kind of its own may return any value', async () => {
    const payload = { map: new Map([['a', 1]]), at: new Date(0) }
    const { payloads } = await deliver('my-queue', () => payload)
    expect(payloads).to.deep.equal([payload])
  })

  it('that fails is dead after the last retry, with the same reason', async () => {
    const { sink } = keepPayloads('log')
    const { attempt } = await deliver('log', throwing(new Error('boom')), {
      sinks: { mine: { ...sink, deliveryOptions: { retry: '' } }, other: keepPayloads('x').sink },
    })
    expect(attempt).to.include({ outcome: 'dead' })
    expect(attempt?.error).to.match(/^hook log of plugin Group\.X threw: boom/)
  })

  it('that fails for many events leaves the circuit breaker closed, and other plugins are delivered [F18]', async () => {
    const { post, send, dispatcher, payloads, others } = await deliver('log', throwing(new Error('boom')))
    for (let group = 0; group < 20; group += 1) await post({ GroupId: `g${group}` }, command)
    await dispatcher.idle()
    await send('after')
    await dispatcher.idle()
    expect(dispatcher.sinks()[0]).to.include({ name: 'mine', health: 'healthy' })
    expect(payloads).to.deep.equal(['gone: after'])
    expect(others).to.have.length(22)
  })

  it('that throws is logged with its stack, once for many events', async () => {
    const { post, dispatcher, lines } = await deliver('log', throwing(new Error('boom')))
    for (let group = 0; group < 20; group += 1) await post({ GroupId: `g${group}` }, command)
    await dispatcher.idle()
    const stacks = lines.filter(({ fields }) => 'stack' in fields)
    expect(stacks).to.have.length(1)
    expect(stacks[0]).to.include({ level: 'warn', message: 'hook of a plugin threw' })
    expect(stacks[0]?.fields).to.include({ sink: 'mine', command })
    expect(stacks[0]?.fields.stack).to.match(/^Error: boom\n\s+at .*hooks\.test\.ts/)
  })

  it('that throws an error with a huge stack is logged with 4 000 characters of it', async () => {
    const { lines } = await deliver('log', throwing(new Error('x'.repeat(1_000_000))))
    expect(lines.flatMap(({ fields }) => ('stack' in fields ? String(fields.stack).length : []))).to.deep.equal([4_000])
  })
})
