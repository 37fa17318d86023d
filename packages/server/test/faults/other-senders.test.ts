import { memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { fail } from './test-server.ts'

// Requests of the vendor that reach the callback URL and are no callbacks of Chat.

interface LogLine {
  readonly fields: object
  readonly message: string | undefined
}

describe('requests that are no callbacks of Chat', () => {
  let server: RunningServer
  let lines: LogLine[]
  const journal = memory()

  before(async () => {
    const write = (fields: object, message?: string) => lines.push({ fields, message })
    lines = []
    server = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: 1400000000, tokens: ['secret'] }],
        plugins: [groupDestroyed],
        sinks: {},
        routes: {},
      },
      { journal, log: { info: () => {}, warn: write, error: write } },
    )
  })
  after(() => server.stop())

  const rejected = async (reason: string): Promise<number> => {
    const text = await (await fetch(`${server.adminUrl}/metrics`)).text()
    return Number(new RegExp(`^callboard_callbacks_rejected_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  }

  const event = JSON.stringify({ EventGroupId: 1, EventType: 103, CallbackTs: 1687770730166, EventInfo: { RoomId: 12345 } })
  const cases: readonly (readonly [what: string, request: RequestInit & { readonly query?: string }, status: number, reason: string])[] = [
    ['an empty POST without a signature', { method: 'POST' }, 403, 'missing_app'],
    ['a POST of an empty object without a signature', { method: 'POST', body: '{}' }, 403, 'missing_app'],
    ['an empty POST with the app alone', { method: 'POST', query: '?SdkAppid=1400000000' }, 403, 'missing_sign'],
    ['a GET', { method: 'GET' }, 405, 'method_not_allowed'],
    ['a HEAD', { method: 'HEAD' }, 405, 'method_not_allowed'],
    [
      'a room or media event of TRTC',
      { method: 'POST', body: event, headers: { SdkAppId: '1400000000', Sign: 'kkQm+B2V6+NcqLQLiC1Hr0xM6Qv9Xd2c9bwVQpkF3C4=' } },
      403,
      'trtc_event',
    ],
  ]
  for (const [what, { query = '', ...request }, status, reason] of cases) {
    it(`answers ${status} to ${what}, counts it as ${reason}, and logs the cause${status === 405 ? ' [F56]' : ''}`, async () => {
      const before = await rejected(reason)
      lines = []
      const answer = await fetch(`${server.callbackUrl}${query}`, request)
      expect(answer.status).to.equal(status)
      const text = await answer.text()
      if (request.method !== 'HEAD')
        expect(JSON.parse(text)).to.deep.equal(fail(status, status === 405 ? 'method not allowed' : 'unauthorized'))
      expect(await rejected(reason)).to.equal(before + 1)
      expect((await journal.stats()).events).to.equal(0)
      const [line] = lines
      // Lines with one cause are written once in ten seconds.
      if (before === 0) expect(line).to.deep.include({ message: 'request refused' })
      if (before === 0) expect(JSON.stringify(line)).to.contain(status === 405 ? 'MethodNotAllowed' : reason)
    })
  }
})
