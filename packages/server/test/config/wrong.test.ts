// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the configuration's own.
import { expect } from 'chai'
import { lines, read } from './place.ts'

const app = 'apps: [{ sdkAppId: 1, tokens: ["t"] }]\n'

// What is written below the app's line, and everything that is said of it.
const wrong: readonly (readonly [name: string, text: string, ...message: string[]])[] = [
  ['an unknown key at the top', 'sinkz: {}\n', '2:1 unknown key "sinkz", did you mean "sinks"?'],
  ['an unknown key far from any other', 'wallpaper: green\n', '2:1 unknown key "wallpaper"'],
  ['an unknown key in a part', 'listen:\n  prt: 80\n', '3:3 unknown key "prt", did you mean "port"?'],
  ['an unknown key two levels down', 'listen: { tls: { cert: a, key: b, ky: c } }\n', '2:35 unknown key "ky", did you mean "key"?'],
  ['a key given twice', 'sinks: {}\nsinks: {}\n', '3:1 "sinks" is given twice'],
  ['a value of another kind', 'listen: { port: [1] }\n', '2:17 expected a port from 0 to 65535'],
  [
    'a port that is none',
    'listen: { port: 65536 }\nadmin: { port: "http" }\n',
    '2:17 expected a port from 0 to 65535',
    '3:16 expected a port from 0 to 65535',
  ],
  ['a path without a slash', 'listen: { path: callback }\n', '2:17 expected a path that starts with / and holds neither ? nor #'],
  ['an address range that is none', 'listen: { allow: [10.0.0.0/8, 10.0.0.0/33] }\n', '2:31 expected an address range such as 10.0.0.0/8'],
  ['a missing key', 'listen:\n  tls:\n    cert: a\n', '3:3 missing key "key": expected text that is not empty'],
  ['a list where a mapping belongs', 'sinks: [log]\n', '2:8 expected a mapping of names'],
  ['a mapping where a list belongs', 'plugins: { a: b }\n', '2:10 expected a list'],
  ['an admin listener open to all', 'admin: { host: 0.0.0.0 }\n', '2:16 off loopback the admin listener needs a `token`'],
  ['a journal of an unknown kind', 'journal: { use: postgres }\n', '2:17 expected "memory" or "sqlite"'],
  ['a path for the memory', 'journal: { use: memory, path: x }\n', '2:25 unknown key "path"'],
  [
    'a limit of nothing',
    'limits: { body: 0, depth: many }\n',
    '2:17 expected a size such as 64KiB, 1MiB or 10MB, at least one byte',
    '2:27 expected a whole number, 1 or more',
  ],
  [
    'a retention that is none',
    'retention: { delivered: a week, dead: 30d, size: 0 }\n',
    '2:25 expected a duration such as 1500ms, 15s, 2m, 1h or 7d',
    '2:50 expected a size such as 64KiB, 1MiB or 10MB, at least one byte',
  ],
  ['an unknown key of the retention', 'retention: { delivred: 7d }\n', '2:14 unknown key "delivred", did you mean "delivered"?'],
  [
    'a package that is nowhere',
    'plugins: ["@acme/nowhere"]\n',
    '2:11 no package "@acme/nowhere" is installed in FIXTURES or beside the program: install it, or write a path that starts with ./',
  ],
  ['a path that leads nowhere', 'plugins: [./nowhere.js]\n', '2:11 "./nowhere.js" cannot be found: there is no FIXTURES/nowhere.js'],
  [
    'a module without a plugin',
    'plugins: [./nothing.ts]\n',
    '2:11 no plugin, as definePlugin makes it, in "./nothing.ts": it exports only answer, plugin',
  ],
  [
    'a module with something else than a plugin',
    'plugins: [./bus.ts, ./moderate.ts]\n',
    '2:11 no plugin, as definePlugin makes it, in "./bus.ts": it exports only default (a sink)',
    '2:21 no plugin, as definePlugin makes it, in "./moderate.ts": it exports only default (a decision)',
  ],
  [
    'a plugin, a sink and a decision that were made for another version',
    'plugins: [./newer.ts]\nsinks: { a: { use: ./newer-sink.ts } }\ndecisions: { Group.X: { use: ./newer-decision.ts } }\n',
    '2:11 "./newer.ts" cannot be used: this plugin is of version 2, and version 1 is known here: install versions that go together',
    '3:20 "./newer-sink.ts" cannot be used: this sink is of version 2, and version 1 is known here: install versions that go together',
    '4:30 "./newer-decision.ts" cannot be used: this decision is of version 2, and version 1 is known here: install versions that go together',
  ],
  [
    'a package that is installed twice',
    'plugins: ["@callboard/plugin-group-destroyed", ./twin.ts]\n',
    '2:48 two copies of one plugin declare Group.CallbackAfterGroupDestroyed: its package is installed twice; install it once, or name one of the two',
  ],
  ['a module that cannot be loaded', 'plugins: [./throws.ts]\n', '2:11 "./throws.ts" cannot be loaded: the database is not here'],
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
    '2:20 no kind of sink is called "webhok", did you mean "webhook"? (there are file, log, webhook, and others by package name or ./path)',
  ],
  ['a sink without a kind', 'sinks:\n  a: {}\n', '3:3 missing key "use": expected text that is not empty'],
  ['a sink that is no mapping', 'sinks:\n  a: log\n', '3:6 expected a mapping with `use` and the options of the sink'],
  [
    'a module without a kind of sink',
    'sinks: { a: { use: ./speech.ts } }\n',
    '2:20 no kind of sink, as defineSink makes it, in "./speech.ts": it exports only afterSpeech (a plugin), all, beforeSpeech (a plugin), byName',
  ],
  [
    'a module with several kinds',
    'sinks: { a: { use: ./two-kinds.ts } }\n',
    '2:20 several kinds of sink in "./two-kinds.ts": file, log; the one that is meant must be its default export',
  ],
  ['an unknown option of a sink', 'sinks: { a: { use: file, pth: x, path: y } }\n', '2:26 unknown key "pth", did you mean "path"?'],
  ['an option of all sinks, misspelt', 'sinks: { a: { use: log, timout: 3s } }\n', '2:25 unknown key "timout", did you mean "timeout"?'],
  [
    'an unknown option inside an option',
    'sinks: { a: { use: ./bus.ts, topic: t, broker: { url: u, uri: v } } }\n',
    '2:58 unknown key "uri", did you mean "url"?',
  ],
  ['an option that a sink needs', 'sinks:\n  a:\n    use: file\n', '3:3 missing key "path": expected a path'],
  ['an option of another type', 'sinks: { a: { use: ./bus.ts, topic: 7 } }\n', '2:37 expected string'],
  [
    'a rule of the sink as a whole',
    'sinks:\n  a: { use: webhook, url: "https://x.example" }\n',
    '3:3 give a `secret` to sign with, or say `unsigned: true`',
  ],
  [
    'delivering options',
    'sinks: { a: { use: log, order: 3, concurrency: 0, timeout: soon, retry: 5 } }\n',
    '2:32 expected true or false',
    '2:48 expected a whole number, 1 or more',
    '2:60 expected a duration such as 1500ms, 15s, 2m, 1h or 7d',
    '2:73 expected text: put it in quotes',
  ],
  ['a schedule that is none', 'sinks: { a: { use: log, retry: 1s soon } }\n', '2:32 expected pauses such as `1s 5s 30s 2m`'],
  [
    'an unknown sink in a route',
    'sinks: { audit: { use: log } }\nroutes: { "*": [audit, aduit] }\n',
    '3:24 no sink is called "aduit", did you mean "audit"?',
  ],
  ['a sink twice in a route', 'sinks: { a: { use: log } }\nroutes: { "*": [a, a] }\n', '3:20 "a" is named twice in this route'],
  ['a name too short to guess from', 'sinks: { a: { use: log } }\nroutes: { "*": [x] }\n', '3:17 no sink is called "x"'],
  ['a route that is no list', 'routes: { "*": log }\n', '2:16 expected a list'],
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
    '2:30 no decision, as decideWith makes it, for a default export in "./nothing.ts": it exports only answer, plugin',
  ],
  [
    'a webhook that decides, unsigned without a word',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: webhook, url: "https://x.example" } }\n',
    '3:14 give a `secret` to sign with, or say `unsigned: true`',
  ],
  [
    'a webhook that decides, at an address that is never reached',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: webhook, url: "http://10.0.0.1", unsigned: true, retry: 1s } }\n',
    '3:64 blocked_address: 10.0.0.1 is a private address, which only `allow` opens',
    '3:99 unknown key "retry"',
  ],
  [
    'a webhook that decides about nothing that is loaded',
    'decisions: { Group.X: { use: webhook, url: "https://x.example", unsigned: true } }\n',
    '2:14 no plugin declares Group.X, so nothing can be decided about it',
  ],
  [
    'a webhook that decides an after-callback',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackAfterSendMsg: { use: webhook, url: "https://x.example", unsigned: true } }\n',
    '3:14 Group.CallbackAfterSendMsg is an after-callback and takes no decision',
  ],
  [
    'a deadline beyond the budget',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: ./moderate.ts, deadline: 1.7s } }\n',
    "3:75 at most 1600 ms: the answer must leave inside the vendor's 2 s",
  ],
  [
    'an unknown fallback',
    'plugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: { use: ./moderate.ts, fallback: drop } }\n',
    '3:75 expected "allow" or "refuse"',
  ],
  [
    'a missing variable',
    'listen: { host: "${env:NOPE}" }\n',
    '2:17 the environment variable NOPE is not set; `${env:NOPE:-default}` gives it a default',
  ],
  [
    'a variable that only JavaScript knows',
    'listen: { host: "${env:constructor}" }\n',
    '2:17 the environment variable constructor is not set; `${env:constructor:-default}` gives it a default',
  ],
  ['a missing file', 'admin: { token: "${file:./nope}" }\n', '2:17 the file ./nope cannot be read: there is no such file'],
  [
    'a reference of an unknown kind',
    'admin: { token: "${ENV:X}" }\n',
    '2:17 no such reference: there are ${env:NAME}, ${env:NAME:-default} and ${file:PATH}',
  ],
  ['a reference without an end', 'admin: { token: "${env:X" }\n', '2:17 a reference lacks its `}`'],
  [
    'an unquoted reference in a list',
    'listen: { allow: [${env:X}] }\n',
    '2:20 no valid YAML: Missing , or : between flow sequence items; put "${…}" in quotes where it stands inside [ ] or { }',
  ],
  ['a tag', 'sinks: !!set {}\n', '2:8 no valid YAML: Unresolved tag: tag:yaml.org,2002:set'],
  ['an alias to nothing', 'routes: *r\n', '2:9 *r refers to nothing above it, or to itself'],
  ['an anchor inside itself', 'sinks: &s { a: *s }\n', '2:16 *s refers to nothing above it, or to itself'],
]

const apps: readonly (readonly [name: string, text: string, ...message: string[]])[] = [
  ['nothing at all', '', '1:1 expected at least one app'],
  ['no mapping', 'hello\n', '1:1 expected a mapping of names', '1:1 expected at least one app'],
  ['no app', 'apps: []\n', '1:1 expected at least one app'],
  ['an app without its number', 'apps:\n  - tokens: [a]\n', '2:5 missing key "sdkAppId": expected a whole number'],
  [
    'an app without any check',
    'apps:\n  - sdkAppId: 1\n',
    '2:5 without a token anyone can send callbacks: give `tokens`, or say `verify: none` aloud',
  ],
  ['an app with both', 'apps: [{ sdkAppId: 1, tokens: [a], verify: none }]\n', '1:44 `verify: none` and `tokens` contradict each other'],
  [
    'an app twice, after one that is wrong',
    'apps:\n  - { sdkAppId: x, tokens: [a] }\n  - { sdkAppId: 1, tokens: [a] }\n  - { sdkAppId: 1, tokens: [b] }\n',
    '2:17 expected a whole number',
    '4:17 SDKAppID 1 is configured twice',
  ],
  ['a token that would change when printed', 'apps: [{ sdkAppId: 1, tokens: [0123] }]\n', '1:32 expected text: put it in quotes'],
  ['an empty token', 'apps: [{ sdkAppId: 1, tokens: [""] }]\n', '1:23 a token is empty'],
  [
    'no signature off loopback',
    'apps: [{ sdkAppId: 1, verify: none }]\nlisten: { host: 0.0.0.0 }\n',
    '2:17 warning: with `verify: none` whoever reaches this address can send callbacks',
  ],
]

describe('a configuration with mistakes', () => {
  const here = new URL('../fixtures', import.meta.url).pathname
  const expected = (message: readonly string[]) => message.map((each) => each.replaceAll('FIXTURES', here))

  for (const [name, text, ...message] of wrong) {
    it(`says where and what: ${name}`, async () => {
      expect(lines(await read(app + text))).to.deep.equal(expected(message))
    })
  }
  for (const [name, text, ...message] of apps) {
    it(`says where and what: ${name}`, async () => {
      expect(lines(await read(text))).to.deep.equal(expected(message))
    })
  }

  it('says everything at once, in the order of the file', async () => {
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

  it('names more unknown keys than a codec would', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `  unheard${index}: 1\n`).join('')
    expect((await read(`${app}listen:\n${keys}`)).problems).to.have.length(20)
  })

  it('does not blame what follows from another mistake', async () => {
    const { problems } = await read(`${app}plugins: [./nowhere.js]\nsinks: { crm: { use: webhok } }\nroutes: { Group.X: [crm] }\n`)
    expect(problems.map(({ line }) => line)).to.deep.equal([2, 3])
  })

  it('never quotes a value', async () => {
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
