import { memory, silentLog } from '@callboard/core'
import { expect } from 'chai'
import { localAdmin } from '../src/admin/local-admin.ts'
import { adminRoutes } from '../src/http/admin-routes.ts'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { read } from './config/config-fixture.ts'

const APP = 1400000000
const TOKEN = 'a-long-admin-token'
const GUESSES = 1_000
/** Below the connections that the listener accepts. */
const BATCH = 20

describe('the admin listener', () => {
  const journal = memory()
  let served: RunningServer

  before(async () => {
    served = await startServer(
      {
        settings: {
          listen: { host: '127.0.0.1', port: 0, path: '/callback' },
          admin: { host: '127.0.0.1', port: 0, token: TOKEN },
        },
        apps: [{ sdkAppId: APP, verify: 'none' }],
        plugins: [],
        sinks: { crm: () => {} },
        routes: { '*': ['crm'] },
      },
      { journal, log: silentLog },
    )
  })
  after(() => served.stop())

  const ask = async (path: string, method = 'GET', authorization?: string) => {
    const response = await fetch(`${served.adminUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      ...(method === 'POST' && { body: '{}' }),
    })
    const text = await response.text()
    expect(text).not.to.contain(TOKEN)
    return response.status
  }
  /** All routes of the admin API, so that a new one is tested, too. */
  const routes = (): readonly (readonly [method: string, path: string])[] =>
    adminRoutes(localAdmin({ callboard: served.callboard, journal, log: silentLog, delivers: true }))
      .stack.filter(({ methods }) => methods.length > 0)
      .map(({ methods, path }) => [methods.includes('POST') ? 'POST' : 'GET', String(path).replace(':name', 'crm')])

  it('answers 401 on every route without the token or with a wrong one, and tells no route from another [F74]', async () => {
    const all = [
      ...routes(),
      ['GET', '/metrics'],
      ['GET', '/'],
      ['GET', '/v1/unknown'],
      ['GET', '/health/ready/'],
      ['GET', '/health'],
    ] as const
    expect(all.length).to.be.above(10)
    for (const [method, path] of all) {
      for (const authorization of [undefined, '', 'Bearer', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(0, -1)}`])
        expect(await ask(path, method, authorization), `${method} ${path} ${authorization}`).to.equal(401)
    }
  })

  it('answers health checks without a token, and everything else with it [F74]', async () => {
    expect(await ask('/health/live')).to.equal(200)
    expect(await ask('/health/ready')).to.equal(200)
    expect(await ask('/v1/sinks', 'GET', `Bearer ${TOKEN}`)).to.equal(200)
    expect(await ask('/metrics', 'GET', `Bearer ${TOKEN}`)).to.equal(200)
  })

  it(`answers 401 to each of ${GUESSES} guesses, and does not lock out who has the token [F75]`, async () => {
    const guesses = Array.from({ length: GUESSES }, (_, n) => `Bearer ${TOKEN.slice(0, n % TOKEN.length)}${n}`)
    for (let from = 0; from < GUESSES; from += BATCH) {
      const statuses = await Promise.all(guesses.slice(from, from + BATCH).map((guess) => ask('/v1/sinks', 'GET', guess)))
      expect([...new Set(statuses)]).to.deep.equal([401])
    }
    expect(await ask('/v1/sinks', 'GET', `Bearer ${TOKEN}`)).to.equal(200)
  })

  it('listens on 127.0.0.1 by default, and the configuration is refused that puts it elsewhere without a token [F74]', async () => {
    const app = `apps: [{ sdkAppId: ${APP}, verify: none }]\n`
    expect((await read(app)).settings?.admin.host).to.equal('127.0.0.1')
    for (const host of ['0.0.0.0', '"::"', '"0"', '10.0.0.7', 'admin.example.com', '"::ffff:10.0.0.7"']) {
      const { problems } = await read(`${app}admin: { host: ${host} }\n`)
      expect(problems.map(({ message }) => message).join(), host).to.contain('an admin listener off loopback needs a `token`')
      expect(
        (await read(`${app}admin: { host: ${host}, token: ${TOKEN} }\n`)).problems.filter(({ level }) => level === 'error'),
        host,
      ).to.deep.equal([])
    }
    for (const host of ['127.0.0.1', '127.0.0.2', '"::1"', 'localhost'])
      expect(
        (await read(`${app}admin: { host: ${host} }\n`)).problems.filter(({ level }) => level === 'error'),
        host,
      ).to.deep.equal([])
  })
})
