import { expect } from 'chai'
import { createReloader, keysThatNeedARestart } from '../../src/cli/start/reload.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/schema/codecs.ts'

const settings: Settings = {
  apps: [{ sdkAppId: 1, tokens: ['a'] }],
  listen: { host: 'a', port: 1, path: '/', allow: ['10.0.0.0/8'], tls: { cert: 'a', key: 'b', ca: 'c' } },
  admin: { host: 'a', port: 2 },
  journal: { use: 'sqlite', path: '/a.db' },
  plugins: ['a'],
  sinks: { log: { use: 'log' }, crm: { use: 'webhook', url: 'https://a.example', secret: 'old' } },
  routes: { '*': ['log'], 'A.B': ['crm'] },
  decisions: { 'A.CallbackBeforeB': { use: './a.js', deadline: 1_000 } },
  limits: { body: 1_024 },
  retention: {},
}
const { listen, sinks } = settings

const changes: readonly (readonly [change: string, after: Partial<Settings>, keys: readonly string[]])[] = [
  ['apps', { apps: [{ sdkAppId: 2, verify: 'none' }] }, []],
  ['address ranges', { listen: { ...listen, allow: ['10.0.0.1/32'], proxies: ['10.0.0.1'] } }, []],
  ['other certificates', { listen: { ...listen, tls: { cert: 'x', key: 'y', ca: 'z' } } }, []],
  ['client certificates that are no longer checked', { listen: { ...listen, tls: { cert: 'a', key: 'b' } } }, ['listen.tls.ca']],
  ['the end of TLS', { listen: { host: 'a', port: 1, path: '/' } }, ['listen.tls', 'listen.tls.ca']],
  ['a port and a path', { listen: { ...listen, port: 9, path: '/x' } }, ['listen.port', 'listen.path']],
  ['an admin token', { admin: { ...settings.admin, token: 'secret' } }, ['admin.token']],
  ['the file of the journal', { journal: { use: 'sqlite', path: '/b.db' } }, ['journal.path']],
  ['another journal', { journal: { use: 'memory' } }, ['journal.use', 'journal.path']],
  ['a plugin', { plugins: ['a', 'b'] }, ['plugins']],
  ['the secret of one sink', { sinks: { ...sinks, crm: { ...sinks.crm, secret: 'new' } } }, ['sinks.crm']],
  ['a new sink and a removed one', { sinks: { crm: sinks.crm ?? {}, bus: { use: 'log' } } }, ['sinks.log', 'sinks.bus']],
  ['two routes', { routes: { '*': ['crm'] } }, ['routes.*', 'routes.A.B']],
  ['a decision', { decisions: { 'A.CallbackBeforeB': { use: './b.js' } } }, ['decisions.A.CallbackBeforeB']],
  ['a limit', { limits: { body: 1_024, depth: 3 } }, ['limits.depth']],
  ['a retention time', { retention: { dead: 1 } }, ['retention.dead']],
  ['nothing', structuredClone(settings), []],
]

describe('the keys that a reload cannot apply', () => {
  for (const [change, after, keys] of changes) {
    it(`for ${change}: ${keys.join(', ') || 'none'}`, () => {
      expect(keysThatNeedARestart(settings, { ...settings, ...after })).to.have.members(keys)
    })
  }
})

describe('a reload of the configuration', () => {
  const reloadInto = async (...files: readonly Partial<Settings>[]) => {
    const lines: unknown[] = []
    const collect = (_: object, text: string) => void lines.push(text)
    let reads = 0
    const reload = createReloader(
      settings,
      async (): Promise<LoadedConfig> => {
        const read = { ...settings, ...files[reads++] }
        return {
          service: { settings: read, apps: [], plugins: [], sinks: {}, routes: {} },
          journal: read.journal,
          settings: read,
          warnings: [],
        }
      },
      { reload: async () => {}, setReloadResult: () => {} },
      { info: collect, warn: collect, error: collect },
    )
    for (const _ of files) await reload()
    return lines
  }

  it('names the changed keys and never their values', async () => {
    const after = { admin: { ...settings.admin, token: 'hush' }, sinks: { ...sinks, crm: { ...sinks.crm, secret: 'hush' } } }
    expect(await reloadInto(after)).to.deep.equal([
      'config reloaded: apps, IP ranges and certificates',
      'restart needed: admin.token, sinks.crm',
    ])
  })

  it('compares with the configuration since the start, so it does not name a key that was changed and changed back', async () => {
    const reloaded = 'config reloaded: apps, IP ranges and certificates'
    expect(await reloadInto({ plugins: ['b'] }, {})).to.deep.equal([reloaded, 'restart needed: plugins', reloaded])
  })
})
