import type { SendOptions } from '@callboard/testing'
import { expect } from 'chai'
import { fail, NOW, sendRaw, startTestServer, stopTestServers, type TestServer } from './test-server.ts'

describe('the fault table on a running server: what is refused', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await stopTestServers()
  })

  const refused: readonly (readonly [string, Partial<SendOptions>, number, string])[] = [
    ['Unauthorized: another app', { app: 1400000001 }, 403, 'unauthorized'],
    ['Unauthorized: a wrong Sign', { sign: '0'.repeat(64) }, 403, 'unauthorized'],
    ['Unauthorized: too old', { requestTime: NOW / 1000 - 61 }, 403, 'unauthorized'],
    [
      'UnsupportedEncoding: a compressed body',
      { headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported content encoding: send the body uncompressed',
    ],
    ['TooLarge: more than 1 MiB', { body: `{"GroupId":"${'x'.repeat(2 ** 20)}"}` }, 413, 'body too large'],
    ['Malformed: no JSON', { body: '{' }, 400, 'malformed: not_json'],
    ['Malformed: no object', { body: '[]' }, 400, 'malformed: not_an_object'],
    ['Malformed: bad UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, 'malformed: not_utf8'],
    ['Malformed: a forbidden key', { body: '{"__proto__":1}' }, 400, 'malformed: forbidden_key'],
    ['Malformed: too deep', { body: `{"a":${'['.repeat(64)}${']'.repeat(64)}}` }, 400, 'malformed: too_deep'],
    ['Malformed: too many values', { body: `{"a":[${'0,'.repeat(100_000)}0]}` }, 400, 'malformed: too_many_values'],
    [
      'Malformed: too many different keys',
      { body: JSON.stringify(Object.fromEntries(Array.from({ length: 8_001 }, (_, n) => [n, n]))) },
      400,
      'malformed: too_many_keys',
    ],
    ['Malformed: no command', { command: '' }, 400, 'malformed: no_command'],
    ['Malformed: body and query differ', { body: { CallbackCommand: 'Group.Other' } }, 400, 'malformed: command_mismatch'],
    ['Unauthorized before everything about the body', { app: 7, headers: { 'content-encoding': 'gzip' } }, 403, 'unauthorized'],
    [
      'UnsupportedEncoding before TooLarge',
      { headers: { 'content-encoding': 'br' }, body: 'x'.repeat(2 ** 20 + 1) },
      415,
      'unsupported content encoding: send the body uncompressed',
    ],
  ]
  for (const [what, callback, status, message] of refused) {
    it(`${what}: ${status}, nothing stored [F41] [F43] [F44] [F45] [F46] [F47] [F60] [F61] [F62]`, async () => {
      const before = server.telemetry.length
      const answer = await server.post(callback)
      expect(answer.status).to.equal(status)
      expect(answer.json).to.deep.equal(fail(status, message))
      expect(answer.headers.get('content-type')).to.match(/^application\/json/)
      expect(await server.stored()).to.deep.equal([])
      expect(server.telemetry.slice(before).map(({ type }) => type)).to.deep.equal(['answered'])
    })
  }

  it('Malformed: the command given twice: 400', async () => {
    expect((await server.post({ query: { CallbackCommand: 'x' } })).status).to.equal(400)
  })

  it('NotFound: 404 on every other path, without a word about the right one [F56]', async () => {
    const answer = await server.post({ to: new URL('/', server.served.callbackUrl).href })
    expect(answer).to.deep.include({ status: 404, json: fail(404, 'not found') })
  })

  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    it(`MethodNotAllowed: ${method} is 405 with Allow [F56]`, async () => {
      const answer = await fetch(server.served.callbackUrl, { method })
      expect(answer.status).to.equal(405)
      expect(answer.headers.get('allow')).to.equal('POST')
      expect(await answer.json()).to.deep.equal(fail(405, 'method not allowed'))
    })
  }

  it('BadRequest: 400 from the HTTP parser, in the vendor’s shape', async () => {
    const got = await sendRaw(server.served.callbackUrl, 'POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n')
    expect(got).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(400, 'bad request'))
  })

  it('HeadersTooLarge: 431', async () => {
    const got = await sendRaw(server.served.callbackUrl, `POST /callback HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(got).to.match(/^HTTP\/1\.1 431 /)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(431, 'request header fields too large'))
  })

  it('RequestTimeout: 408 for a head that never ends [F51]', async () => {
    const got = await sendRaw(server.served.callbackUrl, 'POST /callback HTTP/1.1\r\nHost: x\r\n')
    expect(got).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(JSON.parse(got.split('\r\n\r\n')[1] ?? '')).to.deep.equal(fail(408, 'request timeout'))
  })
})
