import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { answerFault } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import type { Timeouts } from '../../src/http/http-server.ts'
import { type Listener, type ListenOptions, listen } from '../../src/http/listener.ts'
import { type CertificateMaker, certificateMaker, readFiles } from '../certificates.ts'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { received, statusesIn } from './test-listeners.ts'

const SHORT: Timeouts = { headers: 600, request: 1_200, keepAlive: 100, tlsHandshake: 600, unread: 300 }
/** Longer than each of the limits, with the second that Node adds to keepAlive. */
const STALL_MS = 2_500

/** Blocks the event loop, as a paused or starved process would be. */
const stall = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Reads the whole body, then answers with its length. */
const echo: RequestListener = (req, res) => {
  buffer(req).then(
    (body) => res.end(`${body.length}`),
    () => {},
  )
}

const post = (body: string): string => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('the time limits of a listener', () => {
  let listener: Listener
  let closed: string[]
  const sockets: Socket[] = []

  const start = async (options: Partial<ListenOptions> = {}, handler = echo) => {
    closed = []
    listener = await listen({ host: '127.0.0.1', port: 0 }, handler, {
      refuse: answerFault,
      onClosed: (reason) => closed.push(reason),
      timeouts: SHORT,
      ...options,
    })
  }
  const open = async (): Promise<Socket> => {
    const socket = connect({ port: listener.port, host: listener.host })
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  /** Sends the first part of a request, and waits until the server has read it. */
  const begin = async (socket: Socket, bytes: string): Promise<void> => {
    const other = await open()
    socket.write(bytes)
    other.write(post('x'))
    await once(other, 'data')
    other.end()
    await once(other, 'end')
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await listener.close()
  })

  const bytes = post('{"some":"thing"}')
  const parts: readonly (readonly [what: string, length: number])[] = [
    ['nothing', 0],
    ['a part of the first line', 5],
    ['a part of the headers', bytes.indexOf('Content-Length') + 4],
    ['the head without the body', bytes.indexOf('{')],
    ['a part of the body', bytes.length - 4],
  ]
  for (const [what, length] of parts) {
    it(`answers 408 to a client that sends ${what}, and counts it [F51]`, async () => {
      await start()
      const socket = await open()
      const all = received(socket)
      if (length > 0) socket.write(bytes.slice(0, length))
      expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 408'])
      await until(() => closed.length > 0)
      expect(closed).to.deep.equal(['request_timeout'])
    })

    it(`answers a client whose bytes arrived while the event loop was blocked, after ${what}`, async () => {
      await start()
      const socket = await open()
      const all = received(socket)
      await begin(socket, bytes.slice(0, length))
      // The kernel has the rest before the event loop runs again. Its timers run before it reads.
      socket.end(bytes.slice(length))
      stall(STALL_MS)
      const answer = await all
      expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 200'])
      expect(closed).to.deep.equal([])
    })
  }

  it('gives a client that sends its body in parts the time that the event loop missed', async () => {
    await start()
    const socket = await open()
    const all = received(socket)
    const at = bytes.indexOf('{')
    await begin(socket, bytes.slice(0, at))
    stall(STALL_MS)
    // More than one interval of the check passes before the rest arrives.
    const sending = setTimeout(() => socket.end(bytes.slice(at)), 400)
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
    clearTimeout(sending)
    expect(closed).to.deep.equal([])
  })

  it('does not spare a client that sends nothing more after a blocked event loop', async () => {
    await start()
    const socket = await open()
    const all = received(socket)
    await begin(socket, bytes.slice(0, 30))
    stall(STALL_MS)
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 408'])
    await until(() => closed.length > 0)
    expect(closed).to.deep.equal(['request_timeout'])
  })

  it('answers 408 when the head arrives after a blocked event loop, and the body does not', async () => {
    await start()
    const socket = await open()
    const all = received(socket)
    await begin(socket, bytes.slice(0, 30))
    socket.write(bytes.slice(30, bytes.indexOf('{')))
    stall(STALL_MS)
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 408'])
  })

  it('judges the second request of a connection anew', async () => {
    await start({ timeouts: { ...SHORT, keepAlive: 5_000 } })
    const socket = await open()
    const first = bytes.indexOf('{')
    socket.write(bytes.slice(0, first))
    stall(STALL_MS)
    socket.write(bytes.slice(first))
    await once(socket, 'data')
    const all = received(socket)
    socket.write(bytes.slice(0, 30))
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 408'])
  })

  it('ends an idle connection, and counts it', async () => {
    await start()
    const socket = await open()
    const all = received(socket)
    socket.write(bytes)
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
    await until(() => closed.length > 0)
    expect(closed).to.deep.equal(['idle'])
  })

  it('answers a request that arrived on an idle connection while the event loop was blocked [F54]', async () => {
    await start()
    const socket = await open()
    socket.write(bytes)
    await once(socket, 'data')
    const all = received(socket)
    socket.end(bytes)
    stall(STALL_MS)
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
    expect(closed).to.deep.equal([])
  })

  it('resets none of 10 000 requests on connections that were idle for the advertised time, within 5 ms [F54]', async () => {
    await start({ timeouts: { ...SHORT, keepAlive: 50 } })
    let answers = 0
    const reuse = async (n: number) => {
      const socket = await open()
      // Without it, a connection that the server ends would never answer.
      socket.once('end', () => socket.destroy(new Error('ended by the server')))
      for (let round = 0; round < 50; round += 1) {
        socket.write(bytes)
        await once(socket, 'data')
        answers += 1
        await sleep(45 + ((n + round) % 11))
      }
      socket.destroy()
    }
    await Promise.all(Array.from({ length: 200 }, (_, n) => reuse(n)))
    expect(answers).to.equal(10_000)
    expect(closed).to.deep.equal([])
  })

  it('answers a request that arrives on an idle connection while the listener closes [F54]', async () => {
    await start({ timeouts: {} })
    const socket = await open()
    socket.write(bytes)
    await once(socket, 'data')
    const closing = listener.close()
    const all = received(socket)
    socket.write(bytes)
    const answer = await all
    expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 200'])
    expect(answer).to.match(/^connection: close\r$/im)
    await closing
  })

  it('ends a connection whose client does not read its answers, and counts it [F51]', async () => {
    const large = Buffer.alloc(256 * 1024, 'x')
    await start({}, (_, res) => res.end(large))
    const socket = await open()
    socket.pause()
    socket.on('error', () => {})
    for (let n = 0; n < 200; n += 1) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => closed.length > 0)
    expect(closed).to.deep.equal(['slow_reader'])
  })

  it('counts each connection beyond the limit', async () => {
    await start({ connections: 1 })
    const first = await open()
    first.write(bytes)
    await once(first, 'data')
    const refused = await open()
    await once(refused.resume(), 'close')
    expect(closed).to.deep.equal(['too_many_connections'])
  })

  it('counts a connection that ends after its answer, and not one that the client ends', async () => {
    await start()
    const asked = await open()
    const all = received(asked)
    asked.write(bytes.replace('Host', 'Connection: close\r\nHost'))
    expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
    await until(() => closed.length > 0)
    const leaving = await open()
    leaving.write(bytes)
    await once(leaving, 'data')
    leaving.end()
    await once(leaving, 'close')
    const reset = await open()
    await begin(reset, bytes.slice(0, 20))
    reset.resetAndDestroy()
    const unused = await open()
    unused.end()
    await once(unused.resume(), 'close')
    expect(closed).to.deep.equal(['answered'])
  })

  it('counts the connections that it ends while it stops', async () => {
    await start({ timeouts: {} })
    const idle = await open()
    idle.write(bytes)
    await once(idle, 'data')
    const silent = await open()
    const half = await open()
    await begin(half, bytes.slice(0, 20))
    for (const socket of [idle, silent, half]) socket.resume()
    await listener.close()
    await until(() => closed.length === 3)
    expect(closed).to.deep.equal(['shutdown', 'shutdown', 'shutdown'])
  })

  it('counts a connection that the application ends without an answer', async () => {
    await start({}, (req) => req.destroy())
    const socket = await open()
    socket.write(bytes)
    await once(socket.resume(), 'close')
    expect(closed).to.deep.equal(['other'])
  })

  it('releases half-closed connections without a request at once', async () => {
    await start({ timeouts: {}, connections: 300 })
    const many = await Promise.all(Array.from({ length: 300 }, open))
    await Promise.all(
      many.map((socket) => {
        socket.end()
        return once(socket.resume(), 'close')
      }),
    )
    const next = await open()
    next.write(bytes)
    const [data] = await once(next, 'data')
    expect(String(data)).to.contain('200 OK')
    expect(closed).to.deep.equal([])
  })

  describe('of TLS', () => {
    let certificates: CertificateMaker | undefined
    const secure = () => {
      if (!certificates) throw new Error('no certificates')
      const authority = certificates.selfSigned('authority')
      return {
        tls: { ...readFiles(certificates.selfSigned('server')), ca: readFiles(authority).cert },
        client: readFiles(certificates.signedBy(authority, 'client')),
        stranger: readFiles(certificates.selfSigned('stranger')),
      }
    }
    before(async function () {
      skipWithout(this, whyNotRunnable('openssl', 'version'))
      certificates = await certificateMaker()
    })
    after(() => certificates?.remove())

    /** Connects with TLS and sends a request. Returns what comes back. */
    const ask = async (options: object): Promise<string> => {
      const socket = connectTls({ port: listener.port, host: listener.host, rejectUnauthorized: false, ...options })
      sockets.push(socket)
      socket.on('error', () => {})
      socket.once('secureConnect', () => socket.write(bytes.replace('Host', 'Connection: close\r\nHost')))
      let answer = ''
      socket.on('data', (data) => {
        answer += data
      })
      await new Promise((resolve) => socket.once('close', resolve))
      return answer
    }

    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`refuses and counts a client without a certificate of the authority, and answers one with it (${version})`, async () => {
        const { tls, client, stranger } = secure()
        await start({ tls })
        const only = { minVersion: version, maxVersion: version }
        expect(statusesIn(await ask({ ...client, ...only }))).to.deep.equal(['HTTP/1.1 200'])
        for (const options of [{}, stranger]) expect(await ask({ ...options, ...only })).to.equal('')
        await until(() => closed.length === 3)
        expect(closed.toSorted()).to.deep.equal(['answered', 'client_certificate', 'client_certificate'])
      })
    }

    it('takes another authority for new connections', async () => {
      const [first, second] = [secure(), secure()]
      await start({ tls: first.tls })
      listener.setTls(second.tls)
      expect(statusesIn(await ask(second.client))).to.deep.equal(['HTTP/1.1 200'])
      expect(await ask(first.client)).to.equal('')
    })

    it('demands a certificate of the old authority when the new certificate comes without one', async () => {
      const { tls, client, stranger } = secure()
      await start({ tls })
      listener.setTls({ cert: tls.cert, key: tls.key })
      expect(statusesIn(await ask(client))).to.deep.equal(['HTTP/1.1 200'])
      expect(await ask(stranger)).to.equal('')
      expect(await ask({})).to.equal('')
    })

    it('counts a handshake that fails, and not a client that leaves in it', async () => {
      await start({ tls: secure().tls })
      for (const greeting of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\u0016\u0003\u0001\u00ff\u00ff garbage']) {
        const socket = await open()
        socket.write(greeting, 'latin1')
        await once(socket.resume(), 'close')
      }
      expect(closed).to.deep.equal(['tls_error', 'tls_error'])
      const leaving = await open()
      leaving.end('\u0016')
      await once(leaving.resume(), 'close')
      expect(closed).to.have.length(2)
    })

    it('ends and counts a handshake that takes too long [F51]', async () => {
      await start({ tls: secure().tls })
      const socket = await open()
      await once(socket.resume(), 'close')
      await until(() => closed.length > 0)
      expect(closed).to.deep.equal(['tls_timeout'])
    })

    it('goes on with a handshake whose bytes arrived while the event loop was blocked', async () => {
      const { tls, client } = secure()
      await start({ tls })
      const answer = ask(client)
      await until(() => sockets.at(-1)?.connecting === false)
      stall(STALL_MS)
      expect(statusesIn(await answer)).to.deep.equal(['HTTP/1.1 200'])
    })

    it('stops in time although handshakes hang', async () => {
      await start({ tls: secure().tls, timeouts: {} })
      const socket = await open()
      socket.resume()
      const started = performance.now()
      await listener.close()
      expect(performance.now() - started).to.be.lessThan(4_500)
      await until(() => closed.length > 0)
      expect(closed).to.deep.equal(['shutdown'])
    })
  })
})
