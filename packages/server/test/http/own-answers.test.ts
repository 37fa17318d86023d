import { expect } from 'chai'
import { type CertificateMaker, certificateMaker } from '../certificates.ts'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { lastBody, received, statusesIn, type TestListeners, withListeners } from './test-listeners.ts'

// Node would answer these requests by itself, without a body or not at all.

const fail = (code: number, ErrorInfo: string) => ({ ActionStatus: 'FAIL', ErrorInfo, ErrorCode: code })
const BAD_REQUEST = fail(400, 'bad request')

type Wanted = readonly [status: number, body: object, reason: string]
const refused: readonly (readonly [what: string, bytes: string, wanted: Wanted])[] = [
  ['no Host', 'POST /callback HTTP/1.1\r\nContent-Length: 0\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  ['no Host in a GET', 'GET /metrics HTTP/1.1\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', [405, fail(405, 'method not allowed'), 'bad_request']],
  ['a line that is no request', 'hello\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  ['a method that nobody knows', 'FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  ['another version', 'GET / HTTP/3.7\r\nHost: x\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  [
    'the first line of the PROXY protocol',
    'PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n',
    [400, BAD_REQUEST, 'bad_request'],
  ],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n', [400, BAD_REQUEST, 'bad_request']],
  [
    'headers of 20 000 bytes',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    [431, fail(431, 'request header fields too large'), 'headers_too_large'],
  ],
  [
    'a path of 20 000 bytes',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    [431, fail(431, 'request header fields too large'), 'headers_too_large'],
  ],
]

/** Requests whose length two parsers could see in different ways. */
const smuggled: readonly (readonly [what: string, head: readonly string[], body: string])[] = [
  ['Content-Length and Transfer-Encoding', ['Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['Transfer-Encoding and Content-Length', ['Transfer-Encoding: chunked', 'Content-Length: 3'], '0\r\n\r\n'],
  ['two Content-Lengths that differ', ['Content-Length: 3', 'Content-Length: 4'], '{}\n'],
  ['two equal Content-Lengths', ['Content-Length: 3', 'Content-Length: 3'], '{}\n'],
  ['a list of Content-Lengths', ['Content-Length: 3, 3'], '{}\n'],
  ['a Content-Length with a plus', ['Content-Length: +3'], '{}\n'],
  ['a hexadecimal Content-Length', ['Content-Length: 0x3'], '{}\n'],
  ['a blank before the colon', ['Content-Length : 3'], '{}\n'],
  ['an unknown Transfer-Encoding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  ['chunked before another coding', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
  ['a folded header', ['X-Folded: a', ' b: c', 'Content-Length: 3'], '{}\n'],
  ['a chunk size that is no number', ['Transfer-Encoding: chunked'], 'x\r\n{}\n\r\n0\r\n\r\n'],
  ['a chunk that is longer than its size', ['Transfer-Encoding: chunked'], '1\r\n{}\n\r\n0\r\n\r\n'],
]

for (const scheme of ['http', 'https'] as const) {
  describe(`requests that do not reach the application, over ${scheme}`, () => {
    let certificates: CertificateMaker | undefined
    let options: Parameters<typeof withListeners>[0] = {}

    before(async function () {
      if (scheme === 'http') return
      skipWithout(this, whyNotRunnable('openssl', 'version'))
      certificates = await certificateMaker()
      options = { tls: certificates.selfSigned('server') }
    })
    after(() => certificates?.remove())

    const checkRefused = async (
      { open, metric, journal }: TestListeners,
      listener: 'callback' | 'admin',
      bytes: string,
      [status, body, reason]: Wanted,
    ) => {
      const socket = open(listener)
      const all = received(socket)
      socket.write(bytes)
      const answer = await all
      socket.destroy()
      expect(statusesIn(answer)).to.deep.equal([`HTTP/1.1 ${status}`])
      expect(answer).to.match(/^content-type: application\/json; charset=utf-8\r$/im)
      expect(answer).to.match(/^connection: close\r$/im)
      expect(lastBody(answer)).to.deep.equal(body)
      expect(await metric(`callboard_connections_closed_total{listener="${listener}",reason="${reason}"}`)).to.equal(1)
      expect(await metric('callboard_connections_closed_total')).to.equal(1)
      expect((await journal.stats()).events).to.equal(0)
    }

    for (const listener of scheme === 'http' ? (['callback', 'admin'] as const) : (['callback'] as const)) {
      for (const [what, bytes, wanted] of refused) {
        it(`${what}: the ${listener} listener answers ${wanted[0]} in the vendor’s format, closes, and counts it once`, () =>
          withListeners(options, (listeners) => checkRefused(listeners, listener, bytes, wanted)))
      }
    }

    for (const [what, head, body] of smuggled) {
      it(`${what}: 400 and close, and nothing behind it is read [F53]`, () =>
        withListeners(options, (listeners) => {
          const [line = ''] = listeners.callback().split('\r\n')
          const bytes = `${line}\r\nHost: x\r\n${head.join('\r\n')}\r\n\r\n${body}${listeners.callback()}`
          return checkRefused(listeners, 'callback', bytes, [400, BAD_REQUEST, 'bad_request'])
        }))
    }

    it('reads nothing behind a request without Host', () =>
      withListeners(options, (listeners) => {
        const bytes = `GET / HTTP/1.1\r\n\r\n${listeners.callback()}`
        return checkRefused(listeners, 'callback', bytes, [400, BAD_REQUEST, 'bad_request'])
      }))

    it('counts the rejected requests of the callback listener, and not those of the admin listener', () =>
      withListeners(options, async ({ open, metric }) => {
        for (const listener of ['callback', 'admin'] as const) {
          const socket = open(listener)
          const all = received(socket)
          socket.end('hello\r\n\r\n')
          await all
        }
        expect(await metric('callboard_callbacks_rejected_total{reason="bad_request"}')).to.equal(1)
      }))

    for (const header of [
      'Upgrade: h2c\r\nConnection: Upgrade',
      'Upgrade: websocket\r\nConnection: Upgrade',
      'Expect: 200-ok',
      'Expect: x, y',
    ]) {
      it(`accepts a callback with ${header.replace('\r\n', ' and ')}`, () =>
        withListeners(options, async ({ open, callback, journal }) => {
          const socket = open('callback')
          const all = received(socket)
          socket.end(callback({ headers: [header] }))
          expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
          expect((await journal.stats()).events).to.equal(1)
        }))
    }

    it('sends 100 Continue before it reads the body', () =>
      withListeners(options, async ({ open, callback }) => {
        const socket = open('callback')
        const bytes = callback({ headers: ['Expect: 100-continue', 'Connection: close'] })
        const head = bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4)
        let answer = ''
        socket.write(head)
        for await (const data of socket) {
          answer += data
          if (answer === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(bytes.slice(head.length))
        }
        expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 100', 'HTTP/1.1 200'])
      }))

    for (const [what, status, change] of [
      ['a body that is too large', 413, (bytes: string) => bytes.replace(/Content-Length: \d+/, 'Content-Length: 10485760')],
      ['a wrong Sign', 403, (bytes: string) => bytes.replace(/Sign=\w{8}/, 'Sign=00000000')],
      ['another path', 404, (bytes: string) => bytes.replace('/callback', '/other')],
      ['a compressed body', 415, (bytes: string) => bytes.replace('Host: x', 'Host: x\r\nContent-Encoding: gzip')],
    ] as const) {
      it(`answers ${status} to ${what} without 100 Continue [F43]`, () =>
        withListeners(options, async ({ open, callback }) => {
          const socket = open('callback')
          const all = received(socket)
          const bytes = change(callback({ headers: ['Expect: 100-continue'] }))
          socket.write(bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4))
          const answer = await all
          expect(statusesIn(answer)).to.deep.equal([`HTTP/1.1 ${status}`])
          expect(lastBody(answer)).to.include({ ActionStatus: 'FAIL', ErrorCode: status })
        }))
    }
  })
}
