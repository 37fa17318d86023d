// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references in a configuration.
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { demoConfig } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problems.ts'
import { readConfig } from '../../src/config/read.ts'
import { fixtures, inDirectory, lines, read } from './config-fixture.ts'

// The example of the design, with the names of the fixtures.
const example = `apps:
  - sdkAppId: 1400000000
    tokens: ["\${env:CALLBOARD_TOKEN}"]
listen: { host: 127.0.0.1, port: 8080, path: /callback }
admin:  { host: 127.0.0.1, port: 9090 }
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-group-destroyed", ./speech.ts]
sinks:
  log:   { use: log }
  audit: { use: file, path: "./data/{command}.jsonl" }
  crm:   { use: webhook, url: "https://crm.example.com/im", secret: "\${env:CRM_SECRET}", headers: { x-team: im } }
  bus:   { use: ./bus.ts, topic: im }
routes:
  Group.CallbackAfterGroupDestroyed: [log, audit, crm]
  "*": [log]
decisions:
  Group.CallbackBeforeSendMsg: { use: ./moderate.ts, deadline: 1500ms, fallback: allow }
`
const env = { CALLBOARD_TOKEN: 'token', CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }
const app = 'apps: [{ sdkAppId: 1, tokens: ["t"] }]\n'

describe('reading a configuration', () => {
  it('loads the example of the design', async () => {
    const loaded = await read(example, env)
    expect(lines(loaded)).to.deep.equal([])
    expect(loaded.apps).to.deep.equal([{ sdkAppId: 1400000000, tokens: ['token'] }])
    expect(loaded.plugins.map(({ command }) => command)).to.deep.equal([
      'Group.CallbackAfterGroupDestroyed',
      'Group.CallbackAfterSendMsg',
      'Group.CallbackBeforeSendMsg',
    ])
    expect(Object.entries(loaded.sinks).map(([name, { kind }]) => [name, kind])).to.deep.equal([
      ['log', 'log'],
      ['audit', 'file'],
      ['crm', 'webhook'],
      ['bus', 'bus'],
    ])
    expect(loaded.routes).to.deep.equal({ 'Group.CallbackAfterGroupDestroyed': ['log', 'audit', 'crm'], '*': ['log'] })
    const [decision] = loaded.decisions
    expect([decision?.use.command, decision?.deadline, decision?.fallback]).to.deep.equal(['Group.CallbackBeforeSendMsg', 1_500, 'allow'])
  })

  it('fills in defaults for everything but the app', async () => {
    const { settings, problems } = await read(`${app}plugins:\nlisten:\n`)
    expect(problems).to.deep.equal([])
    expect(settings).to.deep.include({
      listen: { host: '127.0.0.1', port: 8080, path: '/callback' },
      admin: { host: '127.0.0.1', port: 9090 },
      journal: { use: 'sqlite', path: join(fixtures, 'data/callboard.db') },
    })
  })

  it('resolves relative paths against the directory of the file', async () => {
    const { settings } = await read(`${app}listen: { tls: { cert: a.pem, key: /k.pem } }
journal: { path: ../x.db }
sinks: { f: { use: file, path: "out/{app}.jsonl" }, b: { use: ./bus.ts, topic: ./t } }
`)
    expect(settings?.listen.tls).to.deep.equal({ cert: join(fixtures, 'a.pem'), key: '/k.pem' })
    expect(settings?.journal).to.deep.equal({ use: 'sqlite', path: join(fixtures, '../x.db') })
    expect(settings?.sinks.f?.path).to.equal(join(fixtures, 'out/{app}.jsonl'))
    expect(settings?.sinks.b?.topic).to.equal('./t')
  })

  it('loads every plugin of a module, and each object once', async () => {
    const { plugins, problems } = await read(`${app}plugins: [./speech.ts, ./again.ts, ./speech.ts]\n`)
    expect(problems).to.deep.equal([])
    expect(plugins).to.have.length(2)
  })

  it('finds a package beside the program where the directory has none', async () => {
    await inDirectory({ 'callboard.yaml': `${app}plugins: ["@callboard/plugin-group-destroyed"]\n` }, async (directory) => {
      const loaded = await readConfig(join(directory, 'callboard.yaml'), {})
      expect(lines(loaded)).to.deep.equal([])
      // The same object as imported here, because the export conditions are the same.
      expect(loaded.plugins[0]).to.equal(groupDestroyed)
    })
  })

  it('accepts a number as text from an environment variable', async () => {
    const { settings, problems } = await read('apps: [{ sdkAppId: "${env:APP}", verify: none }]\nlisten: { port: "${env:PORT:-0}" }\n', {
      APP: '1400000001',
    })
    expect(problems).to.deep.equal([])
    expect([settings?.apps[0]?.sdkAppId, settings?.listen.port]).to.deep.equal([1400000001, 0])
  })

  it('keeps an interpolated value a scalar, even if it looks like YAML [F97]', async () => {
    const hostile = ['a: b\n- c', '"]\nroutes: {x: [y]}', '*a', '${env:SECOND}', '__proto__', '!!js/function', 'x'.repeat(2 ** 20)]
    for (const value of hostile) {
      const { apps, routes, problems } = await read('apps: [{ sdkAppId: 1, tokens: ["${env:T}"] }]\n', { T: value, SECOND: 'never' })
      expect(problems).to.deep.equal([])
      expect(apps[0]?.tokens).to.deep.equal([value])
      expect(routes).to.deep.equal({})
    }
  })

  it('resolves several references in one value, with defaults for unset or empty variables, and none in keys', async () => {
    const { settings } = await read(`${app}admin: { token: "\${env:A}-\${env:B:-b}-\${env:EMPTY:-c}-\${env:BLANK:-}-$\{env:U:-}-$x" }\n`, {
      A: 'a',
      EMPTY: '',
      BLANK: ' ',
    })
    expect(settings?.admin.token).to.equal('a-b-c---$x')
    expect(lines(await read(`${app}"\${env:A}": 1\n`, { A: 'sinks' }))).to.deep.equal(['2:1 unknown key "${env:A}"'])
  })

  for (const surrounded of ['secret\n', 'secret\r\n\n', ' secret', '\tsecret ', '\n secret \r\n', '\uFEFFsecret\n']) {
    it(`removes the white space around ${JSON.stringify(surrounded)} from the environment and from a file`, async () => {
      await inDirectory(
        { 'callboard.yaml': 'apps: [{ sdkAppId: 1, tokens: ["${env:T}", "${file:./token}"] }]\n', token: surrounded },
        async (directory) => {
          const { apps } = await readConfig(join(directory, 'callboard.yaml'), { T: surrounded })
          expect(apps[0]?.tokens).to.deep.equal(['secret', 'secret'])
        },
      )
    })
  }

  it('keeps white space inside a value from the environment, and around a value that the file writes', async () => {
    const { settings, problems } = await read(`${app}admin: { token: "\${env:T}" }\njournal: { path: " x.db" }\n`, { T: 'a b\nc\n' })
    expect(problems).to.deep.equal([])
    expect(settings?.admin.token).to.equal('a b\nc')
    expect(settings?.journal).to.deep.equal({ use: 'sqlite', path: join(fixtures, ' x.db') })
  })

  for (const blank of ['', ' ', '\n', ' \t\r\n']) {
    it(`reports ${JSON.stringify(blank)} from the environment or from a file as empty, and names the source`, async () => {
      await inDirectory(
        { 'callboard.yaml': `apps: [{ sdkAppId: 1, tokens: ["\${env:T}", "a-\${env:T}", "\${file:./token}"] }]\n`, token: blank },
        async (directory) => {
          expect(lines(await readConfig(join(directory, 'callboard.yaml'), { T: blank }))).to.deep.equal([
            '1:32 the environment variable T is empty; `${env:T:-default}` gives it a default',
            '1:44 the environment variable T is empty; `${env:T:-default}` gives it a default',
            '1:58 the file ./token is empty; write the value into it',
          ])
        },
      )
    })
  }

  it('resolves YAML aliases', async () => {
    const { settings, problems } = await read(
      `${app}sinks:\n  a: &a { use: log, retry: &r "1s 2s" }\n  b: *a\n  c: { use: log, retry: *r }\nroutes: { "*": [a, b, c] }\n`,
    )
    expect(problems).to.deep.equal([])
    expect(settings?.sinks.b).to.deep.equal({ use: 'log', retry: '1s 2s' })
  })

  it('reports a file that cannot be read, and what to do', async () => {
    await inDirectory({ 'latin1.yaml': '' }, async (directory) => {
      const { writeFile } = await import('node:fs/promises')
      await writeFile(join(directory, 'latin1.yaml'), Buffer.from([0x61, 0xe9]))
      for (const [file, reason] of [
        ['nowhere.yaml', 'no such file'],
        ['', 'it is a directory'],
        ['latin1.yaml', 'it is not UTF-8 text'],
      ] as const) {
        const { problems, settings } = await readConfig(join(directory, file), {})
        expect(settings).to.equal(undefined)
        expect(problems.map(({ message }) => message)).to.deep.equal([
          `cannot read the file: ${reason}; run \`callboard init\` to write one, or name another file with -c`,
        ])
      }
    })
  })

  it('rejects YAML that is built to exhaust the parser, within a second [F98]', async () => {
    const bomb = Array.from(
      { length: 9 },
      (_, n) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`)).join(', ')}]\n`,
    ).join('')
    const hostile = [
      [bomb, 'more than 10000 values'],
      ['a: &a [*a, *a]\n', 'its anchor must end above it'],
      [`sinks: ${'{a: '.repeat(100)}1${'}'.repeat(100)}\n`, 'nested deeper than 32 levels'],
      [`sinks: ${'{a: '.repeat(1_500)}1${'}'.repeat(1_500)}\n`, 'nested too deeply'],
      [`a: &a 1\nb:\n${'- *a\n'.repeat(200_000)}`, 'too many tokens'],
      ['['.repeat(2 ** 20), 'too many'],
      ['- '.repeat(2 ** 19), 'too many'],
      ['? '.repeat(2 ** 19), 'too many'],
      ['"'.repeat(2 ** 20), 'too many'],
      [Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`).join('\n'), 'too many'],
    ] as const
    for (const [text, message] of hostile) {
      const start = performance.now()
      expect(lines(await read(text)).join('\n'), text.slice(0, 20)).to.contain(message)
      expect(performance.now() - start, text.slice(0, 20)).to.be.below(5_000)
    }
  })

  it('rejects a file of 10 MB within half a second [F98]', async () => {
    await inDirectory({ 'callboard.yaml': '# \n'.repeat(3_500_000) }, async (directory) => {
      const start = performance.now()
      const { problems } = await readConfig(join(directory, 'callboard.yaml'), {})
      expect(problems[0]?.message).to.contain('it is larger than 1 MiB')
      expect(performance.now() - start).to.be.below(500)
    })
  })

  it('reads the demo configuration without problems, with a new token each time', async () => {
    await inDirectory({}, async (directory) => {
      const [one, two] = [await demoConfig(directory), await demoConfig(directory)]
      expect(lines(one)).to.deep.equal([])
      expect(Object.keys(one.sinks)).to.deep.equal(['log', 'file'])
      expect(one.settings?.journal).to.deep.equal({ use: 'sqlite', path: join(directory, 'data/callboard.db') })
      expect(one.apps[0]?.tokens?.[0]).to.match(/^[0-9a-f]{24,}$/)
      expect(one.apps).not.to.deep.equal(two.apps)
    })
  })
})

describe('formatting a problem', () => {
  const problem = {
    file: join(process.cwd(), 'callboard.yaml'),
    line: 12,
    column: 5,
    message: 'unknown key "sinkz"',
    level: 'error',
  } as const

  it('names the file relative to the working directory', () => {
    expect(formatProblem(problem)).to.equal('callboard.yaml:12:5: unknown key "sinkz"')
    expect(formatProblem({ ...problem, file: '/elsewhere/x.yaml' })).to.equal('/elsewhere/x.yaml:12:5: unknown key "sinkz"')
  })
  it('marks a warning', () => {
    expect(formatProblem({ ...problem, level: 'warning' })).to.equal('callboard.yaml:12:5: warning: unknown key "sinkz"')
  })
})
