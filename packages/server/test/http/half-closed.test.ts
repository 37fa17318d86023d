import { once } from 'node:events'
import { expect } from 'chai'
import { type CertificateMaker, certificateMaker } from '../certificates.ts'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { lastBody, received, statusesIn, type TestListeners, withListeners } from './test-listeners.ts'

const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
/** A connection that ends at once takes milliseconds. One that ends by a time limit takes 5 s or more. */
const AT_ONCE_MS = 2_000

const CLOSE = { headers: ['Connection: close'] }

for (const scheme of ['http', 'https'] as const) {
  describe(`a client that ends its side of the connection after its request, over ${scheme}`, () => {
    let certificates: CertificateMaker | undefined
    let options: Parameters<typeof withListeners>[0] = {}

    before(async function () {
      if (scheme === 'http') return
      skipWithout(this, whyNotRunnable('openssl', 'version'))
      certificates = await certificateMaker()
      options = { tls: certificates.selfSigned('server') }
    })
    after(() => certificates?.remove())

    /** Sends these bytes and ends. Returns what comes back until the server ends, too. */
    const sent = async ({ open }: TestListeners, bytes: string, listener: 'callback' | 'admin' = 'callback'): Promise<string> => {
      const socket = open(listener)
      const all = received(socket)
      socket.end(bytes)
      return all
    }

    for (const [what, change] of [
      ['Connection: close', CLOSE],
      ['keep-alive', {}],
      ['HTTP/1.1 with an unknown Expect', { headers: ['Expect: something-else'] }],
      ['Expect: 100-continue', { headers: ['Expect: 100-continue'] }],
    ] as const) {
      it(`gets the answer to an after-callback (${what})`, () =>
        withListeners(options, async (listeners) => {
          const answer = await sent(listeners, listeners.callback(change))
          expect(statusesIn(answer).at(-1)).to.equal('HTTP/1.1 200')
          expect(lastBody(answer)).to.deep.equal(OK)
          expect((await listeners.journal.stats()).events).to.equal(1)
        }))

      it(`gets the decision on a before-callback (${what})`, () =>
        withListeners(options, async (listeners) => {
          const answer = await sent(listeners, listeners.callback({ ...change, before: 'spam' }))
          expect(lastBody(answer)).to.deep.equal({ ...OK, ErrorCode: 10100, ErrorInfo: 'no' })
        }))
    }

    it('gets both answers to two pipelined requests', () =>
      withListeners(options, async (listeners) => {
        const answer = await sent(listeners, listeners.callback({ before: 'spam' }) + listeners.callback())
        expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 200', 'HTTP/1.1 200'])
        expect(answer.indexOf('10100')).to.be.lessThan(answer.lastIndexOf('HTTP/1.1'))
      }))

    it('gets 400 at once for a body that is cut [F41]', () =>
      withListeners(options, async (listeners) => {
        const started = performance.now()
        const answer = await sent(listeners, listeners.callback().slice(0, -5))
        expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 400'])
        expect(lastBody(answer)).to.deep.equal({ ActionStatus: 'FAIL', ErrorInfo: 'bad request', ErrorCode: 400 })
        expect(performance.now() - started).to.be.lessThan(AT_ONCE_MS)
        expect((await listeners.journal.stats()).events).to.equal(0)
        expect(await listeners.metric('callboard_connections_closed_total{listener="callback",reason="bad_request"}')).to.equal(1)
      }))

    it('gets the answer to a complete request before the 400 for a cut one behind it', () =>
      withListeners(options, async (listeners) => {
        const answer = await sent(listeners, listeners.callback({ before: 'spam' }) + listeners.callback().slice(0, -5))
        expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 200', 'HTTP/1.1 400'])
        expect(answer).to.contain('10100')
      }))

    it('is released at once without a request', () =>
      withListeners(options, async (listeners) => {
        const started = performance.now()
        expect(await sent(listeners, '')).to.equal('')
        expect(performance.now() - started).to.be.lessThan(AT_ONCE_MS)
      }))

    it('is released at once after its last answer', () =>
      withListeners(options, async (listeners) => {
        const socket = listeners.open('callback')
        socket.write(listeners.callback())
        await once(socket, 'data')
        const started = performance.now()
        socket.end()
        await once(socket, 'close')
        expect(performance.now() - started).to.be.lessThan(AT_ONCE_MS)
      }))

    it('gets /metrics from the admin listener', () =>
      withListeners(options, async (listeners) => {
        const answer = await sent(listeners, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n', 'admin')
        expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 200'])
        expect(answer).to.contain('callboard_build_info')
      }))
  })
}
