// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references in a configuration.
import { expect } from 'chai'
import { lines, read } from './config-fixture.ts'

const app = 'apps: [{ sdkAppId: 1, tokens: ["t"] }]\n'

// The text below the line with the app, and every problem in it.
const wrong: readonly (readonly [name: string, text: string, ...message: string[]])[] = [
  ['an unknown key at the top', 'sinkz: {}\n', '2:1 unknown key "sinkz", did you mean "sinks"?'],
  ['an unknown key that resembles no other', 'wallpaper: green\n', '2:1 unknown key "wallpaper"'],
  ['an unknown key in a part', 'listen:\n  prt: 80\n', '3:3 unknown key "prt", did you mean "port"?'],
  ['an unknown key two levels down', 'listen: { tls: { cert: a, key: b, ky: c } }\n', '2:35 unknown key "ky", did you mean "key"?'],
  ['a key in the plural', 'sinks: { a: { use: log, retries: 1s } }\n', '2:25 unknown key "retries", did you mean "retry"?'],
  [
    'keys that differ in case, dashes or form',
    'listen: { Host: a, tls: { certificate: x } }\nlimits: { max-depth: 1, queue_size: 1 }\n',
    '2:11 unknown key "Host", did you mean "host"?',
    '2:20 missing key "cert": expected text that is not empty',
    '2:20 missing key "key": expected text that is not empty',
    '2:27 unknown key "certificate", did you mean "cert"?',
    '3:11 unknown key "max-depth"',
    '3:25 unknown key "queue_size", did you mean "queue"?',
  ],
  ['a blank path', 'journal: { path: " " }\n', '2:18 expected text that is not empty'],
  ['a blank admin token', 'admin: { token: "  " }\n', '2:17 expected text that is not empty'],
  ['a duplicate key', 'sinks: {}\nsinks: {}\n', '3:1 duplicate key "sinks"'],
  ['a value of another type', 'listen: { port: [1] }\n', '2:17 expected a port from 0 to 65535'],
  [
    'an invalid port',
    'listen: { port: 65536 }\nadmin: { port: "http" }\n',
    '2:17 expected a port from 0 to 65535',
    '3:16 expected a port from 0 to 65535',
  ],
  ['a path without a slash', 'listen: { path: callback }\n', '2:17 expected a path that starts with /'],
  ...(
    [
      ['/回调', '/%E5%9B%9E%E8%B0%83'],
      ['/a b', '/a%20b'],
      ['/a?b', '/a%3Fb'],
      ['/a#b', '/a%23b'],
      ['/a\\b', '/a%5Cb'],
      ['/a/../b', '/b'],
      ['/a\u0007', '/a%07'],
    ] as const
  ).map(([path, encoded]): readonly [string, string, string] => [
    `a path that no request carries: ${JSON.stringify(path)}`,
    `listen: { path: ${JSON.stringify(path)} }\n`,
    `2:17 expected a path as requests carry it: write "${encoded}"`,
  ]),
  [
    'a host name with a port',
    'admin: { hosts: ["ops.example.com", "ops.example.com:9090", ""] }\n',
    '2:37 expected a host name without a port, such as callboard.example.com',
    '2:61 expected a host name without a port, such as callboard.example.com',
  ],
  ['an invalid address range', 'listen: { allow: [10.0.0.0/8, 10.0.0.0/33] }\n', '2:31 expected an address range such as 10.0.0.0/8'],
  ['a missing key', 'listen:\n  tls:\n    cert: a\n', '3:3 missing key "key": expected text that is not empty'],
  ['a list where a mapping belongs', 'sinks: [log]\n', '2:8 expected a mapping of names'],
  ['a mapping where a list belongs', 'plugins: { a: b }\n', '2:10 expected a list'],
  ['an admin listener off loopback without a token', 'admin: { host: 0.0.0.0 }\n', '2:16 an admin listener off loopback needs a `token`'],
  ['an unknown kind of journal', 'journal: { use: postgres }\n', '2:17 expected "memory" or "sqlite"'],
  ['a path for the in-memory journal', 'journal: { use: memory, path: x }\n', '2:25 unknown key "path"'],
  [
    'a limit of zero',
    'limits: { body: 0, depth: many }\n',
    '2:17 expected a size such as 64KiB, 1MiB or 10MB, at least one byte',
    '2:27 expected a whole number, 1 or more',
  ],
  [
    'an invalid retention',
    'retention: { delivered: a week, dead: 30d, size: 0 }\n',
    '2:25 expected a duration such as 1500ms, 15s, 2m, 1h or 7d',
    '2:50 expected a size such as 64KiB, 1MiB or 10MB, at least one byte',
  ],
  ['an unknown key of the retention', 'retention: { delivred: 7d }\n', '2:14 unknown key "delivred", did you mean "delivered"?'],
  [
    'a package that is not installed',
    'plugins: ["@acme/nowhere"]\n',
    '2:11 cannot load "@acme/nowhere": the package is not installed in FIXTURES or beside the program; install it, or write a path that starts with ./',
  ],
  ['a path without a file', 'plugins: [./nowhere.js]\n', '2:11 cannot load "./nowhere.js": there is no file FIXTURES/nowhere.js'],
  [
    'a module without a plugin',
    'plugins: [./nothing.ts]\n',
    '2:11 "./nothing.ts" exports no plugin made by definePlugin: it exports only answer, plugin; export the result of definePlugin',
  ],
  [
    'a module that exports a sink or a decision instead of a plugin',
    'plugins: [./bus.ts, ./moderate.ts]\n',
    '2:11 "./bus.ts" exports no plugin made by definePlugin: it exports only default (a sink); export the result of definePlugin',
    '2:21 "./moderate.ts" exports no plugin made by definePlugin: it exports only default (a decision); export the result of definePlugin',
  ],
  [
    'a plugin, a sink and a decision for another contract version',
    'plugins: [./newer.ts]\nsinks: { a: { use: ./newer-sink.ts } }\ndecisions: { Group.X: { use: ./newer-decision.ts } }\n',
    '2:11 cannot use "./newer.ts": this plugin uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
    '3:20 cannot use "./newer-sink.ts": this sink uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
    '4:30 cannot use "./newer-decision.ts": this decision uses contract version 2, this Callboard supports version 1: upgrade @callboard/core',
  ],
  [
    'a package that is installed twice',
    'plugins: ["@callboard/plugin-group-destroyed", ./twin.ts]\n',
    '2:48 two copies of one plugin declare Group.CallbackAfterGroupDestroyed: its package is installed twice; install it once, or name one of the two',
  ],
  [
    'a module that cannot be loaded',
    'plugins: [./throws.ts]\n',
    '2:11 cannot load "./throws.ts": the database is not here (FIXTURES/throws.ts:1)',
  ],
  [
    'two plugins for one command',
    'plugins:\n  - "@callboard/plugin-group-destroyed"\n  - ./speech.ts\n  - ./rival.ts\n',
    '5:5 two different plugins declare Group.CallbackAfterGroupDestroyed',
  ],
  [
    'two plugins for one command, one of them twice',
    'plugins: [./rival.ts, "@callboard/plugin-group-destroyed", "@callboard/plugin-group-destroyed"]\n',
    '2:23 two different plugins declare Group.CallbackAfterGroupDestroyed',
  ],
  [
    'a kind of sink that does not exist',
    'sinks: { a: { use: webhok } }\n',
    '2:20 unknown kind of sink "webhok", did you mean "webhook"? (built in: file, log, webhook; others by package name or ./path)',
  ],
  ['a sink without a kind', 'sinks:\n  a: {}\n', '3:3 missing key "use": expected text that is not empty'],
  ['a sink that is not a mapping', 'sinks:\n  a: log\n', '3:6 expected a mapping with `use` and the options of the sink'],
  [
    'a module without a kind of sink',
    'sinks: { a: { use: ./speech.ts } }\n',
    '2:20 "./speech.ts" exports no sink made by defineSink: it exports only afterSpeech (a plugin), all, beforeSpeech (a plugin), byName; export the result of defineSink',
  ],
  [
    'a module with several kinds of sink',
    'sinks: { a: { use: ./two-kinds.ts } }\n',
    '2:20 "./two-kinds.ts" exports several sinks: file, log; make one of them its default export',
  ],
  ['an unknown option of a sink', 'sinks: { a: { use: file, pth: x, path: y } }\n', '2:26 unknown key "pth", did you mean "path"?'],
  ['a misspelt delivery option', 'sinks: { a: { use: log, timout: 3s } }\n', '2:25 unknown key "timout", did you mean "timeout"?'],
  [
    'an unknown option inside an option',
    'sinks: { a: { use: ./bus.ts, topic: t, broker: { url: u, uri: v } } }\n',
    '2:58 unknown key "uri", did you mean "url"?',
  ],
  ['a missing option of a sink', 'sinks:\n  a:\n    use: file\n', '3:3 missing key "path": expected a path'],
  ['an option of another type', 'sinks: { a: { use: ./bus.ts, topic: 7 } }\n', '2:37 expected string'],
  [
    'options of a sink that do not fit together',
    'sinks:\n  a: { use: webhook, url: "https://x.example" }\n',
    '3:3 give a `secret` to sign with, or say `unsigned: true`',
  ],
  [
    'invalid delivery options',
    'sinks: { a: { use: log, order: 3, concurrency: 0, timeout: soon, retry: 5 } }\n',
    '2:32 expected true or false',
    '2:48 expected a whole number, 1 or more, got 0',
    '2:60 expected a duration such as 1500ms, 15s, 2m, 1h or 7d',
    '2:73 expected text: put it in quotes',
  ],
  ['an invalid retry schedule', 'sinks: { a: { use: log, retry: 1s soon } }\n', '2:32 expected pauses such as `1s 5s 30s 2m`, got a text'],
  [
    'an unknown sink in a route',
    'sinks: { audit: { use: log } }\nroutes: { "*": [audit, aduit] }\n',
    '3:24 no sink is called "aduit", did you mean "audit"?',
  ],
  ['a sink twice in a route', 'sinks: { a: { use: log } }\nroutes: { "*": [a, a] }\n', '3:20 "a" is named twice in this route'],
  [
    'an unknown sink whose name is too short for a suggestion',
    'sinks: { a: { use: log } }\nroutes: { "*": [x] }\n',
    '3:17 no sink is called "x"',
  ],
  ['a route that is not a list', 'routes: { "*": log }\n', '2:16 expected a list'],
  [
    'a route for an unknown command',
    'plugins: [./speech.ts]\nroutes:\n  Group.CallbackAfterSendMessage: []\n',
    '4:3 warning: no plugin declares Group.CallbackAfterSendMessage: its events are stored as unknown, did you mean "Group.CallbackAfterSendMsg"?',
  ],
  [
    'a decision for a command without a plugin',
    'decisions:\n  Group.CallbackBeforeSendMsg: { use: ./moderate.ts }\n',
    '3:3 no plugin declares Group.CallbackBeforeSendMsg, so nothing can be decided about it',
  ],
  [
    'a decision for another command',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackAfterSendMsg: { use: ./moderate.ts } }\n',
    '3:49 "./moderate.ts" decides Group.CallbackBeforeSendMsg, not Group.CallbackAfterSendMsg',
  ],
  [
    'a module without a decision',
    'decisions: { Group.X: { use: ./nothing.ts } }\n',
    '2:30 the default export of "./nothing.ts" is no decision made by decideWith: it exports only answer, plugin; export the result of decideWith',
  ],
  [
    'a deciding webhook without a secret',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: webhook, url: "https://x.example" } }\n',
    '3:14 give a `secret` to sign with, or say `unsigned: true`',
  ],
  [
    'a deciding webhook at a blocked address',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: webhook, url: "http://10.0.0.1", unsigned: true, retry: 1s } }\n',
    '3:64 blocked_address: 10.0.0.1 is a private address, which only `allow` opens',
    '3:99 unknown key "retry"',
  ],
  [
    'a deciding webhook for a command without a plugin',
    'decisions: { Group.X: { use: webhook, url: "https://x.example", unsigned: true } }\n',
    '2:14 no plugin declares Group.X, so nothing can be decided about it',
  ],
  [
    'a deciding webhook for an after-callback',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackAfterSendMsg: { use: webhook, url: "https://x.example", unsigned: true } }\n',
    '3:14 Group.CallbackAfterSendMsg is an after-callback and takes no decision',
  ],
  [
    'a decision deadline above the limit',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: ./moderate.ts, deadline: 1.7s } }\n',
    "3:75 at most 1600 ms: the answer must leave inside the vendor's 2 s",
  ],
  [
    'an unknown fallback',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: ./moderate.ts, fallback: drop } }\n',
    '3:75 expected "allow" or "refuse"',
  ],
  [
    'an unset environment variable',
    'listen: { host: "${env:NOPE}" }\n',
    '2:17 the environment variable NOPE is not set; `${env:NOPE:-default}` gives it a default',
  ],
  [
    'an unset variable named like a JavaScript property',
    'listen: { host: "${env:constructor}" }\n',
    '2:17 the environment variable constructor is not set; `${env:constructor:-default}` gives it a default',
  ],
  ['a missing file', 'admin: { token: "${file:./nope}" }\n', '2:17 cannot read ./nope: no such file'],
  [
    'a reference of an unknown kind',
    'admin: { token: "${ENV:X}" }\n',
    '2:17 unknown reference; expected ${env:NAME}, ${env:NAME:-default} or ${file:PATH}',
  ],
  ['a reference without a closing brace', 'admin: { token: "${env:X" }\n', '2:17 a reference lacks its `}`'],
  [
    'an unquoted reference in a list',
    'listen: { allow: [${env:X}] }\n',
    '2:20 invalid YAML: Missing , or : between flow sequence items; put "${…}" in quotes inside [ ] or { }',
  ],
  ['a YAML tag', 'sinks: !!set {}\n', '2:8 invalid YAML: Unresolved tag: tag:yaml.org,2002:set'],
  ['an alias without an anchor', 'routes: *r\n', '2:9 unknown alias *r: its anchor must end above it'],
  ['an alias inside its own anchor', 'sinks: &s { a: *s }\n', '2:16 unknown alias *s: its anchor must end above it'],
]

const apps: readonly (readonly [name: string, text: string, ...message: string[]])[] = [
  ['an empty file', '', '1:1 expected at least one app'],
  ['a text instead of a mapping', 'hello\n', '1:1 expected a mapping of names', '1:1 expected at least one app'],
  ['an empty list of apps', 'apps: []\n', '1:1 expected at least one app'],
  ['an app without sdkAppId', 'apps:\n  - tokens: [a]\n', '2:5 missing key "sdkAppId": expected a whole number'],
  [
    'an app without tokens',
    'apps:\n  - sdkAppId: 1\n',
    '2:5 without a token anyone can send callbacks: give `tokens`, or say `verify: none` aloud',
  ],
  [
    'an app with tokens and `verify: none`',
    'apps: [{ sdkAppId: 1, tokens: [a], verify: none }]\n',
    '1:44 `verify: none` and `tokens` contradict each other',
  ],
  [
    'a duplicate app after an invalid one',
    'apps:\n  - { sdkAppId: x, tokens: [a] }\n  - { sdkAppId: 1, tokens: [a] }\n  - { sdkAppId: 1, tokens: [b] }\n',
    '2:17 expected a whole number',
    '4:17 SDKAppID 1 is configured twice',
  ],
  ['a token that YAML reads as a number', 'apps: [{ sdkAppId: 1, tokens: [0123] }]\n', '1:32 expected text: put it in quotes'],
  ['a blank token', 'apps: [{ sdkAppId: 1, tokens: [" "] }]\n', '1:23 a token is empty'],
  [
    'a token with white space around it',
    'apps: [{ sdkAppId: 1, tokens: ["t "] }]\n',
    '1:23 a token begins or ends with white space: remove it',
  ],
  [
    'an app with a misspelt key',
    'apps: [{ sdkappid: 1, tokens: [a] }]\n',
    '1:8 missing key "sdkAppId": expected a whole number',
    '1:10 unknown key "sdkappid", did you mean "sdkAppId"?',
  ],
  ['an empty token', 'apps: [{ sdkAppId: 1, tokens: [""] }]\n', '1:23 a token is empty'],
  [
    '`verify: none` off loopback',
    'apps: [{ sdkAppId: 1, verify: none }]\nlisten: { host: 0.0.0.0 }\n',
    '2:17 warning: `verify: none` lets every machine that reaches this address send callbacks',
  ],
]

describe('a configuration with problems', () => {
  const here = new URL('../fixtures', import.meta.url).pathname
  const expected = (message: readonly string[]) => message.map((each) => each.replaceAll('FIXTURES', here))

  for (const [name, text, ...message] of wrong) {
    it(`reports the position and the cause of ${name}`, async () => {
      expect(lines(await read(app + text))).to.deep.equal(expected(message))
    })
  }
  for (const [name, text, ...message] of apps) {
    it(`reports the position and the cause of ${name}`, async () => {
      expect(lines(await read(text))).to.deep.equal(expected(message))
    })
  }

  it('reports all problems at once, sorted by position [F95]', async () => {
    const all = `apps:
  - sdkAppId: 1400000000
    tokens: ["\${env:NOT_SET}"]
journl: { use: sqlite }
plugins: ["@callboard/plugin-group-destroyed", ./rival.ts]
sinks:
  log: { use: log }
  audit: { use: file, pth: ./x.jsonl }
routes:
  "*": [log, missing]
`
    expect(lines(await read(all))).to.deep.equal([
      '3:14 the environment variable NOT_SET is not set; `${env:NOT_SET:-default}` gives it a default',
      '4:1 unknown key "journl", did you mean "journal"?',
      '5:48 two different plugins declare Group.CallbackAfterGroupDestroyed',
      '8:3 missing key "path": expected a path',
      '8:23 unknown key "pth", did you mean "path"?',
      '10:14 no sink is called "missing"',
    ])
  })

  it('reports every unknown key, also beyond the limit of a codec', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `  unheard${index}: 1\n`).join('')
    expect((await read(`${app}listen:\n${keys}`)).problems).to.have.length(20)
  })

  it('does not report problems that follow from another one', async () => {
    const { problems } = await read(`${app}plugins: [./nowhere.js]\nsinks: { crm: { use: webhok } }\nroutes: { Group.X: [crm] }\n`)
    expect(problems.map(({ line }) => line)).to.deep.equal([2, 3])
  })

  it('never quotes a value in a problem', async () => {
    const canary = 'canary-5be1'
    const text = `apps: [{ sdkAppId: "${canary}", tokens: ["\${env:T}"] }]
admin: { token: ["${canary}"], port: "\${env:T}" }
sinks: { crm: { use: webhook, url: "${canary}", secret: "\${env:T}", headers: { "webhook-id": "${canary}" } } }
limits: "\${${canary}"
`
    const { problems } = await read(text, { T: canary })
    expect(problems).to.have.length.above(4)
    expect(JSON.stringify(problems)).not.to.contain(canary)
    expect(JSON.stringify((await read(`a: "${canary}\nb: [`)).problems)).not.to.contain(canary)
  })
})
