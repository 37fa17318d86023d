// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references in a configuration.
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Journal, silentLog } from '@callboard/core'
import { expect } from 'chai'
import { toFailure } from '../../src/cli/exit-codes.ts'
import { checkConfig, requireValid } from '../../src/config/load.ts'
import { openJournal } from '../../src/config/open-journal.ts'
import { formatProblem } from '../../src/config/problems.ts'
import { readConfig } from '../../src/config/read.ts'
import { startServer } from '../../src/http/server.ts'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { type CertificateDirectory, makeCertificateFiles } from './certificate-files.ts'
import { inProject } from './config-fixture.ts'

const sound = {
  apps: '[{ sdkAppId: 1400000000, tokens: [t] }]',
  listen: '{ port: 0 }',
  admin: '{ port: 0 }',
  journal: '{ use: memory }',
  plugins: '[./good.js]',
  sinks: '{ audit: { use: file, path: ./audit.jsonl } }',
  routes: '{ "*": [audit] }',
}
type Parts = Partial<Record<keyof typeof sound | 'decisions' | 'limits' | 'retention' | 'sinkz', string>>

/** One part a line. The value of `journal` is in line 4. */
const textOf = (parts: Parts): string =>
  Object.entries({ ...sound, ...parts })
    .map(([part, value]) => `${part}: ${value}\n`)
    .join('')
const JOURNAL_PATH = `4:${'journal: { path: '.length + 1}`

const importCore = "import { decideWith, definePlugin, defineSink, string, struct, verdicts } from '@callboard/core'\n"
const plugin = (command: string, more = '') =>
  `${importCore}export default definePlugin({ command: '${command}', title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' }, ${more} })\n`
const modules = {
  'good.js': plugin('Group.CallbackAfterX'),
  'twin.js': plugin('Group.CallbackAfterX'),
  'before.js': plugin('Group.CallbackBeforeX', 'before: verdicts({ codes: [10100, 10200] })'),
  'misspelt.js': plugin('Group.CallbackAfterX').replace('command:', 'comand:'),
  'refused.js': plugin('Group.CallbackAfterX').replace("GroupId: 'g'", 'GroupId: 1'),
  'key.js': plugin('Group.CallbackAfterX', 'key: (body) => body.a.b'),
  'hook.js': plugin('Group.CallbackAfterX', 'hooks: { file: () => { throw new Error("boom") } }'),
  'syntax.js': 'export default {\n  x 1\n}\n',
  'throws.js': '\nthrow new Error("no database")\n',
  'nothing.js': '',
  'sink.js': `${importCore}export default defineSink({ kind: 'queue', options: struct({}), open: () => ({ write: () => {} }) })\n`,
  'no-open.js': `${importCore}export default defineSink({ kind: 'queue', options: struct({}) })\n`,
}
const others = { 'text.db': 'not a database, but as long as one; '.repeat(50), 'short.db': 'hello\n', 'empty.db': '', file: '' }
const databases = {
  'newer.db': `PRAGMA application_id = ${0x43425244}; PRAGMA user_version = 99`,
  'foreign.db': 'CREATE TABLE theirs (x)',
}
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, no less').toString('base64')}`

const fileSinks = (...paths: readonly string[]): Parts => ({
  journal: '{ path: ./data/j.db }',
  sinks: `{ ${paths.map((path, n) => `s${n}: { use: file, path: "${path}" }`).join(', ')} }`,
  routes: '{ "*": [s0] }',
})
const certificates = (cert: string, key: string, more = ''): Parts => ({
  listen: `{ port: 0, tls: { cert: CERTIFICATES/${cert}, key: CERTIFICATES/${key}${more} } }`,
})
const plugins = (...names: readonly string[]): Parts => ({ plugins: `[${names.join(', ')}]` })
const sink = (entry: string): Parts => ({ sinks: `{ audit: ${entry} }` })
const journal = (path: string): Parts => ({ journal: `{ path: ${path} }` })

/** Set-ups that `start` refuses, with its exit code. */
const refused: readonly (readonly [exitCode: 73 | 74 | 78, name: string, parts: Parts])[] = [
  [73, 'a journal that is a directory', journal('./directory')],
  [73, 'a journal below a file', journal('./file/j.db')],
  [73, 'a journal two levels below a file', journal('./file/a/j.db')],
  [73, 'a journal that cannot be made', journal('/proc/nope/j.db')],
  [73, 'a journal with a name that is too long', journal(`./${'x'.repeat(300)}.db`)],
  [73, 'a journal in a directory with a name that is too long', journal(`./${'x'.repeat(300)}/j.db`)],
  [73, 'a journal behind links in a loop', journal('./loop')],
  [73, 'a journal that is a device', journal('/dev/null')],
  [74, 'a journal that is not a database', journal('./text.db')],
  [74, 'a journal that is a short text', journal('./short.db')],
  [74, 'a journal of a newer version', journal('./newer.db')],
  [74, 'a database of another program', journal('./foreign.db')],

  [78, 'a missing certificate', certificates('nowhere.pem', 'own.key')],
  [78, 'a missing key', certificates('own.pem', 'nowhere.key')],
  [78, 'missing authorities', certificates('own.pem', 'own.key', ', ca: CERTIFICATES/nowhere.pem')],
  [78, 'a certificate and a key that are swapped', certificates('own.key', 'own.pem')],
  [78, 'the key of another certificate', certificates('own.pem', 'other.key')],
  [78, 'a certificate in DER format', certificates('own.der', 'own.key')],
  [78, 'an encrypted key', certificates('own.pem', 'encrypted.key')],
  [78, 'an empty certificate', certificates('empty.pem', 'own.key')],
  [78, 'a damaged certificate', certificates('damaged.pem', 'own.key')],
  [78, 'a certificate with a short key', certificates('short.pem', 'short.key')],
  [78, 'a chain in the wrong order', certificates('reversed.pem', 'leaf.key')],
  [78, 'a certificate without a key', { listen: '{ tls: { cert: CERTIFICATES/own.pem } }' }],

  [78, 'a file sink at the journal', fileSinks('./data/j.db')],
  [78, 'a file sink at a file beside the journal', fileSinks('./data/j.db-wal')],
  [78, 'a file sink at the lock of the journal', fileSinks('./data/../data/j.db.lock')],
  [78, 'a file sink at the configuration', fileSinks('./callboard.yaml')],
  [78, 'two file sinks at one file', fileSinks('./a.jsonl', 'a.jsonl')],
  [78, 'two file sinks with one template', fileSinks('./{command}.jsonl', './{command}.jsonl')],
  [78, 'a file sink at a key of a certificate', { ...certificates('own.pem', 'own.key'), ...fileSinks('CERTIFICATES/own.key') }],

  [78, 'a plugin with a misspelt command', plugins('./misspelt.js')],
  [78, 'a plugin whose codec refuses its sample', plugins('./refused.js')],
  [78, 'a plugin whose key fails on its sample', plugins('./key.js')],
  [78, 'a plugin whose hook fails on its sample', plugins('./hook.js')],
  [78, 'a plugin with a syntax error', plugins('./syntax.js')],
  [78, 'a plugin that throws while it loads', plugins('./throws.js')],
  [78, 'a module without a plugin', plugins('./nothing.js')],
  [78, 'a module that is a sink where a plugin belongs', plugins('./sink.js')],
  [78, 'a missing file of a plugin', plugins('./nowhere.js')],
  [78, 'a package that is not installed', plugins('nowhere')],
  [78, 'two plugins for one command', plugins('./good.js', './twin.js')],

  [78, 'an unknown key', { sinkz: '{}' }],
  [78, 'an unknown key of a part', { listen: '{ prt: 0 }' }],
  [78, 'a blank token', { apps: '[{ sdkAppId: 1, tokens: [" "] }]' }],
  [78, 'a token from a variable that is not set', { apps: '[{ sdkAppId: 1, tokens: ["${env:NOT_SET_ANYWHERE}"] }]' }],
  [78, 'a token from a missing file', { apps: '[{ sdkAppId: 1, tokens: ["${file:./nowhere}"] }]' }],
  [78, 'no token', { apps: '[{ sdkAppId: 1 }]' }],
  [78, 'no app', { apps: '[]' }],
  [78, 'one app twice', { apps: '[{ sdkAppId: 1, tokens: [a] }, { sdkAppId: 1, tokens: [b] }]' }],
  [78, 'a port that is too large', { listen: '{ port: 65536 }' }],
  [78, 'a range of addresses that is none', { listen: '{ port: 0, allow: [10.0.0.0/33] }' }],
  [78, 'an admin listener off loopback without a token', { admin: '{ host: 0.0.0.0, port: 0 }' }],
  [78, 'a limit of zero', { limits: '{ body: 0 }' }],
  [78, 'a retention that is no duration', { retention: '{ dead: soon }' }],
  [78, 'an unknown journal', { journal: '{ use: nowhere }' }],

  [78, 'a webhook without a secret', sink('{ use: webhook, url: "https://crm.example.com/" }')],
  [78, 'a webhook with a secret that is too short', sink('{ use: webhook, url: "https://crm.example.com/", secret: short }')],
  [78, 'a webhook without a URL', sink(`{ use: webhook, secret: "${SECRET}" }`)],
  [78, 'a webhook with a URL that is none', sink(`{ use: webhook, url: nowhere, secret: "${SECRET}" }`)],
  [78, 'an unknown kind of sink', sink('{ use: fil, path: ./a.jsonl }')],
  [78, 'a sink without its option', sink('{ use: file }')],
  [78, 'a sink with an unknown option', sink('{ use: file, path: ./a.jsonl, pth: x }')],
  [78, 'a kind of sink without `open`', sink('{ use: ./no-open.js }')],
  [78, 'a route to a sink that is missing', { routes: '{ "*": [missing] }' }],
  [78, 'a decision that is no decision', { ...plugins('./before.js'), decisions: '{ Group.CallbackBeforeX: { use: ./good.js } }' }],
  [
    78,
    'a decision for an after-callback',
    { decisions: '{ Group.CallbackAfterX: { use: webhook, url: "https://x.example", unsigned: true } }' },
  ],
  [
    78,
    'a decision by a webhook at a blocked address',
    { ...plugins('./before.js'), decisions: '{ Group.CallbackBeforeX: { use: webhook, url: "http://169.254.169.254", unsigned: true } }' },
  ],
]

const accepted: readonly (readonly [name: string, parts: Parts])[] = [
  ['a plugin, a file sink and a journal in memory', {}],
  ['a journal that is an empty file', journal('./empty.db')],
  ['a journal in a missing directory', journal('./a/b/c.db')],
  ['a journal behind a link', journal('./link.db')],
  ['a certificate and its key', certificates('own.pem', 'own.key', ', ca: CERTIFICATES/other.pem')],
  ['a chain of certificates', certificates('chain.pem', 'leaf.key')],
  ['file sinks beside the journal and below new directories', fileSinks('./data/j.db.jsonl', './new/{date}/{command}.jsonl')],
  ['a sink of its own', sink('{ use: ./sink.js }')],
  ['a webhook', sink(`{ use: webhook, url: "https://crm.example.com/", secret: "${SECRET}" }`)],
  [
    'a decision by a webhook',
    { ...plugins('./before.js'), decisions: '{ Group.CallbackBeforeX: { use: webhook, url: "https://x.example", unsigned: true } }' },
  ],
]

describe('`check` and `start`', () => {
  let tls: CertificateDirectory
  before(async function () {
    skipWithout(this, whyNotRunnable('openssl', 'version'))
    tls = await makeCertificateFiles()
  })
  after(() => tls?.remove())

  /** Starts a server as `start` does, and stops it. Returns its exit code and the lines that it prints. */
  const startIn = async (file: string): Promise<{ readonly exitCode: number; readonly lines: readonly string[] }> => {
    let opened: Journal | undefined
    try {
      const loaded = requireValid(await readConfig(file, {}, 'start'))
      opened = await openJournal(loaded.journal, silentLog)
      const server = await startServer(loaded.service, { journal: opened, log: silentLog })
      await server.stop()
      return { exitCode: 0, lines: [] }
    } catch (error) {
      const { exitCode, message = '' } = toFailure(error)
      return { exitCode, lines: message.split('\n') }
    } finally {
      await opened?.close()
    }
  }

  /** Checks and starts a set-up in a new directory. The lines name the file `callboard.yaml`. */
  const checkAndStart = (parts: Parts) => {
    const text = textOf(parts).replaceAll('CERTIFICATES/', tls.path('/'))
    return inProject({ 'callboard.yaml': text, ...modules, ...others }, async (directory) => {
      await mkdir(join(directory, 'directory'))
      await symlink('loop', join(directory, 'loop'))
      await symlink('data/linked.db', join(directory, 'link.db'))
      for (const [name, sql] of Object.entries(databases)) {
        if (!text.includes(name)) continue
        const db = new DatabaseSync(join(directory, name))
        db.exec(sql)
        db.close()
      }
      const file = join(directory, 'callboard.yaml')
      const before = await readdir(directory)
      const errors = (await checkConfig(file, {})).filter(({ level }) => level === 'error').map(formatProblem)
      expect(await readdir(directory), 'check leaves files').to.deep.equal(before)
      const short = (lines: readonly string[]) => lines.map((line) => line.replace(`${file}:`, 'callboard.yaml:'))
      const { exitCode, lines } = await startIn(file)
      return { checked: short(errors), exitCode, started: short(lines) }
    })
  }

  for (const [expected, name, parts] of refused) {
    it(`refuse with the same text ${name}, for which start exits ${expected}`, async () => {
      const { checked, exitCode, started } = await checkAndStart(parts)
      expect(exitCode, started.join('\n')).to.equal(expected)
      // The opening of the journal does not know the place of its path in the file.
      const place = expected === 78 ? '' : `callboard.yaml:${JOURNAL_PATH}: `
      expect(checked).to.deep.equal(started.map((line) => `${place}${line}`))
      for (const line of checked) expect(line).to.match(/^callboard\.yaml:\d+:\d+: \S/)
    })
  }

  it('differ only in that check also reports a bad journal beside other errors', async () => {
    const { checked, exitCode, started } = await checkAndStart({ ...journal('./directory'), sinkz: '{}' })
    expect([exitCode, started.length, checked.length]).to.deep.equal([78, 1, 2])
    expect(checked).to.include.members([...started])
    expect(checked.find((line) => !started.includes(line))).to.match(/^callboard\.yaml:4:\d+: cannot open the journal .*EISDIR/)
  })

  for (const [name, parts] of accepted) {
    it(`accept ${name}`, async () => {
      expect(await checkAndStart(parts)).to.deep.equal({ checked: [], exitCode: 0, started: [] })
    })
  }
})
