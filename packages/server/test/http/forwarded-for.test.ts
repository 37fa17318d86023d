import { type Log, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../../src/http/server.ts'

describe('callbacks behind a proxy', () => {
  let server: RunningServer
  let lines: { readonly fields: object; readonly message: string | undefined }[]

  beforeEach(async () => {
    lines = []
    const write: Log['warn'] = (fields: object, message?: string) => lines.push({ fields, message })
    server = await startServer(
      {
        settings: {
          listen: { host: '127.0.0.1', port: 0, path: '/callback', allow: ['203.0.113.0/24'], proxies: ['127.0.0.1', '10.0.0.0/8'] },
          admin: { host: '127.0.0.1', port: 0 },
        },
        apps: [{ sdkAppId: 1, tokens: ['secret'] }],
        plugins: [groupDestroyed],
        sinks: {},
        routes: {},
      },
      { journal: memory(), log: { info: () => {}, warn: write, error: write } },
    )
  })
  afterEach(() => server.stop())

  const post = (forwarded: string, more: object = {}) =>
    send({
      to: server.callbackUrl,
      app: 1,
      token: 'secret',
      command: groupDestroyed.command,
      body: groupDestroyed.sample,
      headers: { 'x-forwarded-for': forwarded },
      ...more,
    })
  const rejected = async (): Promise<readonly string[]> =>
    (await (await fetch(`${server.adminUrl}/metrics`)).text()).match(/^callboard_callbacks_rejected_total.*$/gm) ?? []

  it('accepts the client of two proxies that write ports', async () => {
    expect((await post('198.51.100.1, 203.0.113.5:51234, 10.0.0.7:443')).status).to.equal(200)
    expect(await rejected()).to.deep.equal([])
  })

  it('refuses a client that is not allowed, counts it, and logs its address', async () => {
    expect((await post('203.0.113.5, 198.51.100.1:51234')).status).to.equal(403)
    expect(await rejected()).to.deep.equal(['callboard_callbacks_rejected_total{reason="address"} 1'])
    const fields = { fault: 'Unauthorized', reason: 'address', address: '198.51.100.1', status: 403 }
    expect(lines).to.deep.equal([{ fields, message: 'request refused' }])
  })

  it('refuses an unreadable entry, counts it, and logs it without a word to the sender', async () => {
    const answer = await post('203.0.113.5, "_hidden"')
    expect(answer.status).to.equal(403)
    expect(answer.text).to.equal('{"ActionStatus":"FAIL","ErrorInfo":"unauthorized","ErrorCode":403}')
    expect(await rejected()).to.deep.equal(['callboard_callbacks_rejected_total{reason="unreadable_forwarded_for"} 1'])
    const fields = { fault: 'Unauthorized', reason: 'unreadable_forwarded_for', address: '_hidden', status: 403 }
    expect(lines).to.deep.equal([{ fields, message: 'request refused' }])
  })
})
