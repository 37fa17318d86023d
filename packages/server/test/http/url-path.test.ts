import { memory, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { startServer } from '../../src/http/server.ts'
import { read } from '../config/config-fixture.ts'

/** Each configured path, requested paths that it serves, and paths that it does not serve. */
const table: readonly (readonly [configured: string, served: readonly string[], others: readonly string[]])[] = [
  ['/callback', ['/callback', '/callback/'], ['/callback//', '/Callback', '/callback/x', '/', '//callback', '/callback%2f']],
  ['/callback/', ['/callback', '/callback/'], ['/callback//', '/callback/x', '/']],
  ['/a/b/', ['/a/b', '/a/b/'], ['/a', '/a/', '/a/b/c']],
  ['/', ['/'], ['//', '/callback']],
  ['/%E5%9B%9E%E8%B0%83', ['/%E5%9B%9E%E8%B0%83', '/%e5%9b%9e%e8%b0%83/'], ['/%E5', '/']],
]

describe('the path of the callback URL', () => {
  for (const [configured, served, others] of table) {
    it(`${configured}: serves ${served.join(' and ')}, and its printed URL`, async () => {
      const { settings, apps, plugins, sinks, routes, problems } = await read(
        `apps: [{ sdkAppId: 1, verify: none }]\nlisten: { port: 0, path: "${configured}" }\nadmin: { port: 0 }\njournal: { use: memory }\nplugins: ["@callboard/plugin-group-destroyed"]\n`,
      )
      expect(problems).to.deep.equal([])
      if (!settings) throw new Error('no settings')
      const server = await startServer({ settings, apps, plugins, sinks, routes }, { journal: memory(), log: silentLog })
      const post = async (to: string) => (await send({ to, app: 1, command: groupDestroyed.command, body: groupDestroyed.sample })).status
      try {
        const { origin } = new URL(server.callbackUrl)
        expect(await post(server.callbackUrl), server.callbackUrl).to.equal(200)
        for (const path of served) expect(await post(`${origin}${path}`), path).to.equal(200)
        for (const path of others) expect(await post(`${origin}${path}`), path).to.equal(404)
      } finally {
        await server.stop()
      }
    })
  }
})
