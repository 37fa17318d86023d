import {
  allow,
  brandOf,
  createDispatcher,
  decideWith,
  definePlugin,
  defineSink,
  isDecision,
  isPlugin,
  isSinkKind,
  JournalError,
  memory,
  type Options,
  struct,
  validateOptions,
  verdicts,
} from '@callboard/core'
import { expect } from 'chai'
import { disbanded, start, stopAll } from '../test-dispatcher.ts'

const asks = definePlugin({ command: 'Group.Before', title: 'asks', body: struct({}), sample: {}, before: verdicts({}) })
const decision = decideWith(asks, () => allow)
const kind = defineSink({ kind: 'bus', options: struct({}), open: () => ({ write: () => {} }) })
const versioned = (what: string): object => ({ [Symbol.for(`@callboard/${what}/2`)]: 2, command: 'Group.X' })

/** As from JavaScript, where nobody checks types. */
const problems = (given: Readonly<Record<string, unknown>>): readonly string[] => {
  const options: Options = {
    apps: [{ sdkAppId: 1, verify: 'none' }],
    plugins: [asks],
    sinks: {},
    routes: {},
    ...given,
  }
  return validateOptions(options).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** A file of core, loaded once more: what a second copy of the package would bring. */
const copyOf = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
  import(new URL(`../../src/${file}?copy`, import.meta.url).href)

const callable = (value: unknown): value is (...given: readonly unknown[]) => unknown => typeof value === 'function'
const make = (maker: unknown, ...given: readonly unknown[]): unknown => (callable(maker) ? maker(...given) : undefined)

describe('brands', () => {
  afterEach(stopAll)

  it('are equal across copies of the package', async () => {
    const [plugin, sink] = [await copyOf('plugin/plugin.ts'), await copyOf('sink.ts')]
    expect(plugin.definePlugin).to.not.equal(definePlugin)
    const spec = { command: 'X', title: '', body: struct({}), sample: {} }
    expect(isPlugin(make(plugin.definePlugin, spec))).to.equal(true)
    expect(isDecision(make(plugin.decideWith, asks, () => allow))).to.equal(true)
    expect(isSinkKind(make(sink.defineSink, { kind: 'x', options: struct({}), open: () => ({ write: () => {} }) }))).to.equal(true)
  })

  it('tell the type of a value and its contract version', () => {
    expect(brandOf(asks)).to.deep.equal({ type: 'plugin', version: 1 })
    expect(brandOf(kind)).to.deep.equal({ type: 'sink', version: 1 })
    expect(brandOf(kind())).to.deep.equal({ type: 'sink', version: 1 })
    expect(brandOf(decision)).to.deep.equal({ type: 'decision', version: 1 })
    expect(brandOf(versioned('plugin'))).to.deep.equal({ type: 'plugin', version: 2 })
    for (const none of [{}, () => {}, null, undefined, 'plugin', versioned('constructor')]) expect(brandOf(none)).to.equal(undefined)
  })

  it('of another type or version, and missing ones, are one problem each', () => {
    expect(problems({ plugins: [undefined, {}, [asks], kind, decision, versioned('plugin')] })).to.deep.equal([
      'plugins.0: expected a plugin, made with definePlugin, got nothing',
      'plugins.1: expected a plugin, made with definePlugin, got an object',
      'plugins.2: expected a plugin, made with definePlugin, got a list',
      'plugins.3: expected a plugin, got a sink',
      'plugins.4: expected a plugin, got a decision',
      'plugins.5: this plugin uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
    ])
    expect(problems({ decisions: [undefined, () => allow, { use: asks, deadline: 'x' }, versioned('decision')] })).to.deep.equal([
      'decisions.0: expected a decision, made with decideWith, got nothing',
      'decisions.1: expected a decision, made with decideWith, got a function',
      'decisions.2: expected a decision, got a plugin',
      'decisions.3: this decision uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
    ])
    const sinks = { called: kind(), plain: () => {}, uncalled: kind, none: undefined, plugin: asks, later: versioned('sink') }
    expect(problems({ sinks })).to.deep.equal([
      'sinks.uncalled: `bus` is a kind of sink, not a sink: call it with its options',
      'sinks.none: expected a sink: a kind called with its options, such as `log()`, or a function; got nothing',
      'sinks.plugin: expected a sink, got a plugin',
      'sinks.later: this sink uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
    ])
  })

  it('that are wrong cause no further problems', () => {
    const given = { plugins: [undefined], decisions: [decision], sinks: { none: undefined }, routes: { [asks.command]: ['none', 'nil'] } }
    expect(problems(given)).to.deep.equal([
      'plugins.0: expected a plugin, made with definePlugin, got nothing',
      'sinks.none: expected a sink: a kind called with its options, such as `log()`, or a function; got nothing',
      `routes.${asks.command}.1: no sink is called "nil"`,
    ])
  })

  it('are checked before a sink is opened', async () => {
    const journal = memory()
    const wrong: unknown = await Reflect.apply(createDispatcher, undefined, [
      { apps: [{ sdkAppId: 1, verify: 'none' }], plugins: [undefined], sinks: {}, routes: {}, journal },
    ]).catch((error: unknown) => error)
    expect(String(wrong)).to.equal('ConfigError: plugins.0: expected a plugin, made with definePlugin, got nothing')
  })
})

describe('a package that is installed twice', () => {
  afterEach(stopAll)

  it('is told apart from two different plugins', () => {
    const spec = { command: 'Group.X', title: 'X', body: struct({}), sample: {} }
    const says = (...others: readonly object[]) => problems({ plugins: [spec, ...others].map((each) => make(definePlugin, each)) })
    expect(says({ ...spec })).to.deep.equal([
      'plugins.1: two copies of one plugin declare Group.X: its package is installed twice; install it once, or name one of the two',
    ])
    for (const change of [{ title: 'Y' }, { sample: { A: 1 } }, { hooks: { log: () => 'x' } }])
      expect(says({ ...spec, ...change }), JSON.stringify(change)).to.deep.equal(['plugins.1: two different plugins declare Group.X'])
  })

  it('counts once when it is the same object', () => {
    expect(problems({ plugins: [asks, asks] })).to.deep.equal([])
  })

  it('has journal errors that are recognized', async () => {
    const { JournalError: Copied } = await copyOf('journal/journal.ts')
    const error: unknown = callable(Copied) ? Reflect.construct(Copied, ['closed']) : undefined
    expect(Copied).to.not.equal(JournalError)
    expect(error).to.be.instanceOf(JournalError)
    expect(new Error('closed')).to.not.be.instanceOf(JournalError)
  })

  for (const [what, error, ended] of [
    ['giveUp', { maker: 'giveUp', given: ['422'] }, 'dead'],
    ['retryAfter', { maker: 'retryAfter', given: [3_600_000, '429'] }, 'retry'],
  ] as const) {
    it(`has a ${what} that is recognized`, async () => {
      const copy = await copyOf('sink.ts')
      const { dispatcher, send, signals } = await start({
        sinks: {
          mine: () => {
            throw make(copy[error.maker], ...error.given)
          },
        },
        routes: { [disbanded.command]: ['mine'] },
      })
      await send('g')
      await dispatcher.idle()
      const [attempt] = signals.flatMap((signal) => (signal.type === 'attempt' ? signal : []))
      expect(attempt?.outcome).to.equal(ended)
      if (ended === 'retry') expect(attempt?.retryInMs).to.equal(3_600_000)
    })
  }
})
