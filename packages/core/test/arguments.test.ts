import {
  ConfigError,
  createDispatcher,
  decideWith,
  definePlugin,
  defineSink,
  handle,
  type Journal,
  memory,
  string,
  struct,
  verdicts,
} from '@callboard/core'
import { expect } from 'chai'

// As from JavaScript, where nobody checks types.

const call = (maker: (...given: never) => unknown, ...given: readonly unknown[]): unknown => Reflect.apply(maker, undefined, given)

/** Returns the lines of the ConfigError that `work` throws or rejects with. */
const problemsOf = async (work: () => unknown): Promise<readonly string[]> => {
  try {
    await work()
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError)
    return error instanceof ConfigError ? error.message.split('\n') : []
  }
  return []
}

const body = struct({ GroupId: string })
const plugin = { command: 'Group.X', title: 'X', body, sample: { GroupId: 'g' } }
const after = definePlugin(plugin)
const before = definePlugin({ ...plugin, command: 'Group.Before', before: verdicts({}) })
const sink = { kind: 'queue', options: struct({}), open: () => ({ write: () => {} }) }
const options = { apps: [{ sdkAppId: 1, verify: 'none' }], plugins: [after], sinks: {}, routes: {} }
const codec = 'an io-ts codec, such as struct({ GroupId: string }) of @callboard/core'
const aCommand = 'a text such as "Group.CallbackAfterGroupDestroyed", without spaces and control characters'
const without = (given: object, ...keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)))

type Case = readonly (readonly [name: string, given: readonly unknown[], ...problems: string[]])[]

const pluginCases: Case = [
  ['nothing', [], 'definePlugin: expected an object, got nothing'],
  ['a text', ['Group.X'], 'definePlugin: expected an object, got a text'],
  [
    'a misspelt key',
    [{ ...without(plugin, 'command'), comand: 'Group.X' }],
    `a plugin needs a command: ${aCommand}`,
    'unknown key "comand", did you mean "command"?',
  ],
  [
    'an empty object',
    [{}],
    `a plugin needs a command: ${aCommand}`,
    'a plugin needs a title: a text',
    `a plugin needs a body: ${codec}`,
    'a plugin needs a sample: an object, the documented payload',
  ],
  ['an empty command', [{ ...plugin, command: '' }], `command: expected ${aCommand}, got an empty text`],
  ['a command with control characters', [{ ...plugin, command: 'Group.X\n' }], `command: expected ${aCommand}, got a text`],
  ['a command with spaces', [{ ...plugin, command: 'Group X' }], `command: expected ${aCommand}, got a text`],
  ['a command that is a number', [{ ...plugin, command: 7 }], `command: expected ${aCommand}, got 7`],
  ['a body that is a plain object', [{ ...plugin, body: { GroupId: string } }], `plugin Group.X: body: expected ${codec}, got an object`],
  [
    'a body of another schema library',
    [{ ...plugin, body: { '~standard': { vendor: 'zod' } } }],
    `plugin Group.X: body: expected ${codec}, got a schema of zod`,
  ],
  ['a body of the wrong import', [{ ...plugin, body: undefined }], `plugin Group.X: a plugin needs a body: ${codec}`],
  [
    'a sample that is a text',
    [{ ...plugin, sample: '{}' }],
    'plugin Group.X: sample: expected an object, the documented payload, got a text',
  ],
  [
    'a sample of another command',
    [{ ...plugin, sample: { GroupId: 'g', CallbackCommand: 'Group.Y' } }],
    'plugin Group.X: sample.CallbackCommand: expected "Group.X", the command of the plugin; leave it out, or write the same',
  ],
  [
    'everything wrong at once',
    [
      {
        ...plugin,
        key: 'GroupId',
        eventTime: 1,
        hooks: { log: 'x', file: undefined, webhook: () => '' },
        before: { codes: [1, 2] },
        hoks: 1,
      },
    ],
    'plugin Group.X: key: expected a function, got a text',
    'plugin Group.X: eventTime: expected a function, got 1',
    'plugin Group.X: hooks.log: expected a function, got a text',
    'plugin Group.X: hooks.file: expected a function, got nothing',
    'plugin Group.X: before: expected the result of verdicts(), got an object',
    'plugin Group.X: unknown key "hoks", did you mean "hooks"?',
  ],
  [
    'hooks that are a function',
    [{ ...plugin, hooks: () => '' }],
    'plugin Group.X: hooks: expected an object with a function for each kind of sink, got a function',
  ],
]

const sinkCases: Case = [
  ['nothing', [], 'defineSink: expected an object, got nothing'],
  [
    'an empty object',
    [{}],
    'a kind of sink needs a kind: a name such as "queue", of letters, digits, "-", "_", "." and ":"',
    `a kind of sink needs options: ${codec}`,
    'a kind of sink needs an open: a function',
  ],
  [
    'a misspelt key, no codec and no function',
    [{ ...without(sink, 'options'), option: {}, open: {} }],
    `sink kind queue: a kind of sink needs options: ${codec}`,
    'sink kind queue: open: expected a function, got an object',
    'sink kind queue: unknown key "option", did you mean "options"?',
  ],
  [
    'defaults with a misspelt key',
    [{ ...sink, deliveryDefaults: { concurency: 1 } }],
    'sink kind queue: deliveryDefaults: unknown key "concurency", did you mean "concurrency"?',
  ],
]

const decisionCases: Case = [
  [
    'nothing',
    [],
    'decideWith: expected a plugin, made with definePlugin, got nothing',
    'decideWith: expected a function that returns a verdict, got nothing',
  ],
  ['a plain object', [plugin, () => undefined], 'decideWith: expected a plugin, made with definePlugin, got an object'],
  ['no function', [before, 'allow'], 'decideWith: expected a function that returns a verdict, got a text'],
  ['an after-callback', [after, 'allow'], 'decideWith: Group.X is an after-callback and takes no decision'],
]

const verdictCases: Case = [
  ['nothing', [], 'verdicts: expected an object, got nothing'],
  [
    'everything wrong at once',
    [{ reply: {}, codes: [2, 1], drop: 'yes', fallback: 'alow', allow: 1, refuze: () => ({}) }],
    `verdicts: reply: expected ${codec}, got an object`,
    'verdicts: codes: expected two whole numbers, [from, to], got a list',
    'verdicts: drop: expected true or false, got a text',
    'verdicts: fallback: expected "allow" or "refuse", got a text',
    'verdicts: allow: expected a function, got 1',
    'verdicts: unknown key "refuze", did you mean "refuse"?',
  ],
]

const handleCases: Case = [
  [
    'nothing',
    [],
    'handle: expected a plugin, made with definePlugin, got nothing',
    'handle: expected a function that handles an event, got nothing',
  ],
  ['a wrong import in a list', [[after, undefined], () => {}], 'handle: expected a plugin, made with definePlugin, got nothing'],
]

const noSink = 'expected a sink: a kind called with its options, such as `log()`, or a function; got'
const aJournal = 'expected a journal, such as memory() or sqlite({ path }), got'
const missing = [
  'apps: expected a list of apps, got nothing',
  'plugins: expected a list of plugins, got nothing',
  'sinks: expected an object with the sinks by name, got nothing',
  'routes: expected an object with a list of sink names for each command, got nothing',
]
const optionCases: Case = [
  ['nothing', [], 'options: expected an object, got nothing', ...missing],
  ['null', [null], 'options: expected an object, got null', ...missing],
  ['an empty object', [{}], ...missing],
  [
    'plugins forgotten, and what depends on them',
    [{ ...without(options, 'plugins'), routes: { 'Group.X': ['mien'] }, decisions: [decideWith(before, () => ({ verdict: 'allow' }))] }],
    'plugins: expected a list of plugins, got nothing',
    'routes.Group.X.0: no sink is called "mien"',
  ],
  [
    'misspelt keys',
    [{ ...without(options, 'plugins'), plugin: [], retentions: {} }],
    'plugins: expected a list of plugins, got nothing',
    'unknown key "plugin", did you mean "plugins"?',
    'unknown key "retentions", did you mean "retention"?',
  ],
  [
    'one plugin without a list, and sinks in a list',
    [{ ...options, plugins: after, sinks: [], routes: { 'Group.X': ['log'] } }],
    'plugins: expected a list of plugins, got an object',
    'sinks: expected an object with the sinks by name, got a list',
  ],
  [
    'entries of wrong imports',
    [
      {
        ...options,
        apps: [undefined],
        plugins: [undefined, plugin],
        decisions: [undefined],
        sinks: { a: undefined, b: { open: () => {} } },
      },
    ],
    'apps.0: expected an object, got nothing',
    'plugins.0: expected a plugin, made with definePlugin, got nothing',
    'plugins.1: expected a plugin, made with definePlugin, got an object',
    `sinks.a: ${noSink} nothing`,
    `sinks.b: ${noSink} an object`,
    'decisions.0: expected a decision, made with decideWith, got nothing',
  ],
  [
    'apps with wrong fields',
    [
      {
        ...options,
        apps: [
          { sdkAppId: '1400000000', token: 's' },
          { sdkAppId: 2, tokens: 's' },
          { sdkAppId: 3, verify: 'no' },
          { sdkAppId: 4, tokens: [5] },
        ],
      },
    ],
    'apps.0.sdkAppId: expected the SDKAppID, a positive number, got a text',
    'apps.0: unknown key "token", did you mean "tokens"?',
    'apps.0: without a token anyone can send callbacks: give `tokens`, or say `verify: none` aloud',
    'apps.1.tokens: expected a list, got a text',
    'apps.2.verify: expected "none", got a text',
    'apps.3.tokens.0: expected a text, got 5',
  ],
  [
    'routes that are no lists of names',
    [{ ...options, routes: { '*': 'log', 'Group.X': [7] } }],
    'routes.*: expected a list, got a text',
    'routes.Group.X.0: expected the name of a sink, got 7',
  ],
  [
    'a decision with a misspelt key, a wrong deadline and a wrong fallback',
    [
      {
        ...options,
        plugins: [before],
        decisions: [{ use: decideWith(before, () => ({ verdict: 'allow' })), deadline: '2s', fallback: 'alow', deadlines: 1 }],
      },
    ],
    'decisions.Group.Before.fallback: expected "allow" or "refuse", got a text',
    'decisions.Group.Before: unknown key "deadlines", did you mean "deadline"?',
    "decisions.Group.Before.deadline: at most 1600 ms: the answer must leave inside the vendor's 2 s",
  ],
  [
    'a log, a listener, a watchdog and a clock of wrong types',
    [{ ...options, log: {}, listener: {}, watchdog: { enter: () => {} }, clock: Date }],
    'log: expected a log with the functions info, warn and error, got an object',
    'listener: expected a function, got an object',
    'watchdog: expected an object with the functions enter and leave, got an object',
    'clock: expected a clock with the functions now, elapsed and after, got a function',
  ],
  [
    'limits and a retention of wrong types',
    [{ ...options, limits: { body: '1MB', dept: 3 }, retention: '7d' }],
    'limits.body: expected a whole number, 1 or more, got a text',
    'limits: unknown key "dept", did you mean "depth"?',
    'retention: expected an object, got a text',
  ],
  ['a journal that was not called', [{ ...options, journal: memory }], `journal: ${aJournal} a function`],
  ['a promise of no journal', [{ ...options, journal: Promise.resolve({}) }], `journal: ${aJournal} an object`],
]

const makers: readonly (readonly [name: string, maker: (...given: never) => unknown, cases: Case])[] = [
  ['definePlugin', definePlugin, pluginCases],
  ['defineSink', defineSink, sinkCases],
  ['decideWith', decideWith, decisionCases],
  ['verdicts', verdicts, verdictCases],
  ['handle', handle, handleCases],
  ['createDispatcher', createDispatcher, optionCases],
]

for (const [name, maker, cases] of makers) {
  describe(`${name} without types`, () => {
    for (const [what, given, ...problems] of cases) {
      it(`lists all that is wrong with ${what}`, async () => {
        expect(await problemsOf(() => call(maker, ...given))).to.deep.equal(problems)
      })
    }
  })
}

describe('createDispatcher with wrong options', () => {
  it('closes the journal, also one that a promise brings', async () => {
    const journals: readonly Journal[] = [memory(), memory()]
    const [one, other] = journals
    await problemsOf(() => call(createDispatcher, { journal: one }))
    await problemsOf(() => call(createDispatcher, { journal: Promise.resolve(other) }))
    for (const journal of journals) {
      const stats: unknown = await journal.stats().catch((reason: unknown) => reason)
      expect(stats).to.have.property('code', 'closed')
    }
  })

  it('accepts options that are undefined', async () => {
    const dispatcher = await createDispatcher({ ...options, apps: [{ sdkAppId: 1, verify: 'none' }], ...JSON.parse('{}'), log: undefined })
    await dispatcher.stop()
  })

  it('refuses a listener of `on` that is no function', async () => {
    const dispatcher = await createDispatcher({ ...options, apps: [{ sdkAppId: 1, verify: 'none' }] })
    expect(() => call(dispatcher.on, 'dead', 'log')).to.throw(TypeError, 'on("dead"): expected a function, got a text')
    await dispatcher.stop()
  })
})
