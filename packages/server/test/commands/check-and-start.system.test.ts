import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { linesOf, runProgram, startServer, tempDirectory, withServer } from '../program.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, no less').toString('base64')}`
const config = (journal: string, sinks = 'log: { use: log }', listen = '{ port: 0 }') => `apps: [{ sdkAppId: 1, tokens: [t] }]
listen: ${listen}
admin: { port: 0 }
journal: { path: ${journal} }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { ${sinks} }
routes: { "*": [] }
`

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
/** Root ignores file permissions. */
const withoutRoot = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []

const journals: readonly (readonly [exitCode: number, name: string, path: string, error: RegExp])[] = [
  [73, 'a journal that is a directory', './data', /^cannot open the journal \S+\/data: EISDIR, it is a directory; .+$/],
  [73, 'a journal below a file', './file/j.db', /^cannot open the journal \S+\/file: ENOTDIR, it is not a directory; .+$/],
  [77, 'a journal in a closed directory', './closed/j.db', /^cannot open the journal \S+\/closed: EACCES, /],
  [77, 'a journal in a missing directory below a closed one', './closed/a/b/j.db', /^cannot open the journal \S+\/closed: EACCES, /],
  [77, 'a journal that may not be written', './data/old.db', /^cannot open the journal \S+\/data\/old\.db: EACCES, /],
]

const others: readonly (readonly [name: string, text: string, error: RegExp])[] = [
  [
    'a certificate that may not be read',
    config('./data/j.db', undefined, '{ tls: { cert: ./data/secret.pem, key: ./data/secret.pem } }'),
    /^callboard\.yaml:2:24: cannot use the certificate \S+secret\.pem: permission denied; /,
  ],
  [
    'a file sink at the journal',
    config('./data/j.db', 'audit: { use: file, path: ./data/j.db }'),
    /^callboard\.yaml:6:36: cannot write to \S+\/data\/j\.db: the journal \S+ uses this file; choose another path$/,
  ],
  [
    'a webhook without a secret',
    config('./data/j.db', 'crm: { use: webhook, url: "https://crm.example.com/" }'),
    /^callboard\.yaml:6:\d+: .*secret/,
  ],
]

describe('`check` and `start` of the built program', () => {
  const run = async (text: string) => {
    const { dir, remove } = await tempDirectory(text)
    try {
      await mkdir(join(dir, 'data'))
      await mkdir(join(dir, 'closed'))
      for (const name of ['file', 'data/old.db', 'data/secret.pem']) await writeFile(join(dir, name), '')
      for (const name of isRoot ? ['', 'callboard.yaml', ...(await readdir(dir, { recursive: true }))] : [])
        await chown(join(dir, name), NOBODY, NOBODY)
      await chmod(join(dir, 'data/old.db'), 0o400)
      await chmod(join(dir, 'data/secret.pem'), 0o000)
      await chmod(join(dir, 'closed'), 0o500)
      const programOptions = { cwd: dir, under: withoutRoot }
      return { checked: await runProgram(['check'], programOptions), started: await runProgram(['start'], programOptions) }
    } finally {
      await chmod(join(dir, 'closed'), 0o700)
      await remove()
    }
  }

  /** `place` is the place that `check` adds if `start` does not know it. */
  const expectRefusal = async (text: string, exitCode: number, place: string, error: RegExp) => {
    const { checked, started } = await run(text)
    expect(started, started.err).to.include({ code: exitCode, out: '' })
    expect(started.err.trimEnd()).to.match(error)
    const count = started.err.trimEnd().split('\n').length
    const summary = `callboard.yaml: ${count === 1 ? '1 error' : `${count} errors`}`
    expect(checked).to.deep.equal({ code: 78, out: '', err: `${place}${started.err}${summary}\n` })
  }

  for (const [exitCode, name, journal, error] of journals) {
    it(`name the path and the error of the system for ${name}: start exits ${exitCode}, and check 78 [F10]`, () =>
      expectRefusal(config(journal), exitCode, 'callboard.yaml:4:18: ', error))
  }

  for (const [name, text, error] of others) {
    it(`exit 78 with the same text for ${name}`, () => expectRefusal(text, 78, '', error))
  }

  it('accept a good set-up without root', async () => {
    const { dir, remove } = await tempDirectory(
      config('./new/j.db', `crm: { use: webhook, url: "https://crm.example.com/", secret: "${SECRET}" }`),
    )
    try {
      if (isRoot) for (const name of ['', 'callboard.yaml']) await chown(join(dir, name), NOBODY, NOBODY)
      expect(await runProgram(['check'], { cwd: dir, under: withoutRoot })).to.deep.equal({ code: 0, out: 'callboard.yaml: OK\n', err: '' })
      const server = await startServer({ cwd: dir, under: withoutRoot })
      expect(await server.stop('SIGTERM')).to.include({ code: 0, err: '' })
    } finally {
      await remove()
    }
  })

  it('refuse an app without a token, also off loopback, unless `verify: none` is written, of which start warns off loopback [F68]', async () => {
    const listening = (app: string, host: string) =>
      config('./data/j.db', undefined, `{ host: ${host}, port: 0 }`).replace('{ sdkAppId: 1, tokens: [t] }', app)
    for (const host of ['127.0.0.1', '0.0.0.0'])
      await expectRefusal(listening('{ sdkAppId: 1 }', host), 78, '', /^callboard\.yaml:1:\d+: .*verify: none/)
    for (const [host, warnings] of [
      ['127.0.0.1', 0],
      ['0.0.0.0', 1],
    ] as const) {
      await withServer(listening('{ sdkAppId: 1, verify: none }', host), async ({ stop }) => {
        const { code, out } = await stop('SIGTERM')
        expect(code).to.equal(0)
        expect(linesOf(out).filter(({ msg }) => /warning: `verify: none` lets every machine/.test(msg))).to.have.length(warnings)
      })
    }
  })
})
