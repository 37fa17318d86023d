import dns from 'node:dns'
import type { ServerResponse } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { GiveUp, RetryAfter } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { startReceiver, startTcpServer } from '../test-receiver.ts'
import {
  delivery,
  event,
  LOOPBACK,
  neverAborted,
  SECRET,
  TOKEN,
  withSinkAndReceiver,
  withSinkForServer,
  withWebhookSink,
  writeErrorOf,
} from './webhook-sink-fixture.ts'

const TIMEOUT_MESSAGE = 'no answer within 15s'

/** Returns a signal and a function that aborts it, as core does when an attempt times out. */
const createTimeout = () => {
  const controller = new AbortController()
  return { signal: controller.signal, expire: () => controller.abort(new Error(TIMEOUT_MESSAGE)) }
}

/** Writes `chunk` repeatedly, as fast as the client reads it, until the connection closes. */
const writeRepeatedly = (stream: ServerResponse | Socket, chunk: Buffer | string, onWrite: (bytes: number) => void = () => {}): void => {
  if (stream.destroyed) return
  onWrite(chunk.length)
  if (stream.write(chunk)) setImmediate(() => writeRepeatedly(stream, chunk, onWrite))
  else stream.once('drain', () => writeRepeatedly(stream, chunk, onWrite))
}

/** Starts a TCP server that responds to the first data of a connection with these bytes. */
const startServerSending = (...chunks: readonly (string | Buffer)[]) =>
  startTcpServer((socket) => socket.once('data', () => socket.write(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))))))

describe('webhook sink with faulty receivers', () => {
  it('decides only by the status of the response whether an error is final [F23] [F25]', async () => {
    for (const [status, kind] of [
      [422, GiveUp],
      [410, GiveUp],
      [500, Error],
      [503, Error],
    ] as const) {
      await withSinkAndReceiver(
        (response) => response.writeHead(status).end('a secret of the receiver'),
        async (writer) => {
          const error = await writeErrorOf(writer.write(delivery, neverAborted()))
          expect(error).to.be.instanceOf(kind)
          expect(error.message).to.equal(`the receiver answered ${status}`)
        },
      )
    }
  })

  it('reads Retry-After as seconds or as a date, limits it to one hour and ignores invalid values [F24]', async () => {
    const table: readonly (readonly [string, number | undefined])[] = [
      ['7', 7_000],
      ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
      ['1e9', 3_600_000],
      ['-1', undefined],
      ['abc', undefined],
    ]
    for (const [header, after] of table) {
      await withSinkAndReceiver(
        (response) => response.writeHead(429, { 'retry-after': header }).end(),
        async (writer) => {
          const error = await writeErrorOf(writer.write(delivery, neverAborted()))
          expect(error.message).to.equal('the receiver answered 429')
          expect(error instanceof RetryAfter ? error.retryInMs : undefined, header).to.equal(after)
          expect(error).not.to.be.instanceOf(GiveUp)
        },
      )
    }
  })

  it('does not follow a redirect and reports its target without the query [F26]', async () => {
    const redirectTarget = await startReceiver((response) => response.end())
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        await withSinkAndReceiver(
          (response) => response.writeHead(status, { location: `${redirectTarget.url}?${TOKEN}` }).end(),
          async (writer) => {
            const error = await writeErrorOf(writer.write(delivery, neverAborted()))
            expect(error).not.to.be.instanceOf(GiveUp)
            expect(error.message).to.equal(`the receiver answered ${status}: redirect to ${redirectTarget.url} not followed`)
          },
        )
      }
      expect(redirectTarget.connections()).to.equal(0)
    } finally {
      await redirectTarget.close()
    }
  })

  it('stops reading an endless response body, closes the connection and decides by the status [F27]', async () => {
    for (const status of [200, 500]) {
      let bytesSent = 0
      await withSinkAndReceiver(
        (response) => {
          response.writeHead(status)
          writeRepeatedly(response, Buffer.alloc(8 * 1024), (bytes) => {
            bytesSent += bytes
          })
        },
        async (writer, receiver) => {
          const writing = writer.write(delivery, neverAborted())
          if (status === 200) await writing
          else expect((await writeErrorOf(writing)).message).to.equal('the receiver answered 500')
          await until(() => receiver.openConnections() === 0)
        },
      )
      // The sink reads 16 KiB. The kernel buffers hold the other bytes.
      expect(bytesSent).to.be.below(32 * 1024 * 1024)
    }
  })

  it('does not decompress the response body, neither a gzip bomb nor invalid gzip [F27]', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    for (const body of [bomb, Buffer.from('this is not gzip')]) {
      await withSinkAndReceiver(
        (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
        async (writer, receiver) => {
          await writer.write(delivery, neverAborted())
          expect(receiver.requests[0]?.headers).not.to.have.property('accept-encoding')
        },
      )
    }
  })

  it('rejects the write and closes the connection when the attempt times out during a slow response head [F22]', async () => {
    const { signal, expire } = createTimeout()
    let writeCount = 0
    const respondSlowly = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ')
      writeRepeatedly(socket, '.', () => {
        writeCount += 1
        if (writeCount === 10) expire()
      })
    }
    await withSinkForServer(
      await startTcpServer((socket) => socket.once('data', () => respondSlowly(socket))),
      async (writer, receiver) => {
        expect((await writeErrorOf(writer.write(delivery, signal))).message).to.equal(TIMEOUT_MESSAGE)
        await until(() => receiver.openConnections() === 0)
      },
    )
    expect(writeCount).to.be.at.least(10)
  })

  it('delivers at the head of a 2xx response, and closes the connection when its body does not end [F22]', async () => {
    const server = await startTcpServer((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\none byte')))
    await withSinkForServer(server, async (writer) => {
      await writer.write(delivery, neverAborted())
      // The sink may open one connection, which is free once the sink has given the body up.
      await writer.write({ ...delivery, attempt: 2 }, neverAborted())
      expect(server.connections()).to.equal(2)
    })
  })

  it('closes the connection at once when the response announces a long body [F27]', async () => {
    const startReceiverOf = (response: string) => startTcpServer((socket) => socket.once('data', () => socket.write(response)))
    const unannounced = await startReceiverOf('HTTP/1.1 200 OK\r\n\r\none byte')
    const announced = await startReceiverOf('HTTP/1.1 200 OK\r\ncontent-length: 16385\r\n\r\none byte')
    await withSinkForServer(unannounced, async (waiting) => {
      await waiting.write(delivery, neverAborted())
      await withSinkForServer(announced, async (writer) => {
        await writer.write(delivery, neverAborted())
        await until(() => announced.openConnections() === 0)
        expect(unannounced.openConnections()).to.equal(1)
      })
    })
  })

  it('delivers at every well-formed 2xx response, with one request', async () => {
    const responses: Readonly<Record<string, string>> = {
      '204 without a body': 'HTTP/1.1 204 No Content\r\n\r\n',
      '204 with a body': 'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n',
      '205 without a body': 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n',
      'no length': 'HTTP/1.1 200 OK\r\n\r\nok',
      'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nok',
      'HTTP/1.0 keep-alive': 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
      'connection: close': 'HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
      'no reason phrase': 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok',
    }
    // More than the kernel buffers: the receiver answers before it has read the whole body.
    const early = { event: { ...event, raw: Buffer.alloc(8 * 1024 * 1024, ' ') }, sink: 'crm', attempt: 1 }
    for (const [name, response] of Object.entries(responses)) {
      let hits = 0
      const server = await startTcpServer((socket) =>
        socket.once('data', () => {
          hits += 1
          socket.end(response)
          socket.resume()
        }),
      )
      await withSinkForServer(server, async (writer) => {
        for (const each of [delivery, early]) {
          await writer.write(each, neverAborted())
          await until(() => server.openConnections() === 0)
        }
        expect(hits, name).to.equal(2)
      })
    }
  })

  it('decides by the status, with one request, when the body of the response is broken [F27] [F31]', async () => {
    const cutChunk = 'transfer-encoding: chunked\r\n\r\n5\r\nab'
    const bodies: Readonly<Record<string, (socket: Socket, status: string) => void>> = {
      'content length too long': (socket, status) => socket.end(`${status}content-length: 9\r\n\r\nhalf`),
      'content length too short': (socket, status) => socket.end(`${status}content-length: 2\r\n\r\nmore than two`),
      'cut chunk': (socket, status) => socket.end(`${status}${cutChunk}`),
      'no chunk': (socket, status) => socket.write(`${status}transfer-encoding: chunked\r\n\r\nnonsense\r\n`),
      'reset after the head': (socket, status) => socket.write(`${status}content-length: 9\r\n\r\n`, () => socket.resetAndDestroy()),
      'reset in a chunk': (socket, status) => socket.write(`${status}${cutChunk}`, () => socket.resetAndDestroy()),
      'end after the head': (socket, status) => socket.end(`${status}\r\n`),
      'five gigabytes': (socket, status) => socket.write(`${status}content-length: 5000000000\r\n\r\nthe first`),
      'bad gzip': (socket, status) => socket.end(`${status}content-encoding: gzip\r\ncontent-length: 4\r\n\r\noops`),
    }
    const statuses = { 200: 'delivered', 204: 'delivered', 299: 'delivered', 410: 'GiveUp', 422: 'GiveUp', 500: 'Error', 302: 'Error' }
    for (const [name, respond] of Object.entries(bodies)) {
      for (const [status, expected] of Object.entries(statuses)) {
        let hits = 0
        const server = await startTcpServer((socket) =>
          socket.once('data', () => {
            hits += 1
            respond(socket, `HTTP/1.1 ${status} X\r\n`)
          }),
        )
        await withSinkForServer(server, async (writer) => {
          const writing = Promise.resolve(writer.write(delivery, neverAborted()))
          const error = await writing.then(
            () => undefined,
            (reason: unknown) => writeErrorOf(Promise.reject(reason)),
          )
          expect(error === undefined ? 'delivered' : error.name, `${name}, ${status}`).to.equal(expected)
          if (error) expect(error.message).to.match(new RegExp(`^the receiver answered ${status}`))
          expect(hits).to.equal(1)
          await until(() => server.openConnections() === 0)
        })
      }
    }
  })

  it('rejects the write and closes the connection when the attempt times out before a response', async () => {
    const { signal, expire } = createTimeout()
    await withSinkAndReceiver(expire, async (writer, receiver) => {
      expect((await writeErrorOf(writer.write(delivery, signal))).message).to.equal(TIMEOUT_MESSAGE)
      await until(() => receiver.openConnections() === 0)
    })
  })

  it('does not send a request whose attempt times out while it waits for a connection', async () => {
    const { signal, expire } = createTimeout()
    const responses: ServerResponse[] = []
    await withSinkAndReceiver(
      (response) => {
        if (responses.push(response) > 1) response.end()
      },
      async (writer, receiver) => {
        // The sink may open one connection.
        const first = writer.write(delivery, neverAborted())
        const second = writer.write({ ...delivery, event: { ...event, id: 'second' } }, signal)
        await until(() => responses.length === 1)
        expire()
        expect((await writeErrorOf(second)).message).to.equal(TIMEOUT_MESSAGE)
        responses[0]?.end()
        await first
        await writer.write({ ...delivery, event: { ...event, id: 'third' } }, neverAborted())
        expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).to.deep.equal([event.id, 'third'])
      },
    )
  })

  it('sends the same webhook-id in a retry after the connection closes before the response [F31]', () => {
    let isFirstRequest = true
    return withSinkAndReceiver(
      (response) => {
        if (isFirstRequest) response.socket?.resetAndDestroy()
        else response.end()
        isFirstRequest = false
      },
      async (writer, receiver) => {
        expect((await writeErrorOf(writer.write(delivery, neverAborted()))).message).to.match(/^connection (reset|closed by the receiver)$/)
        await writer.write({ ...delivery, attempt: 2 }, neverAborted())
        expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).to.deep.equal([event.id, event.id])
      },
    )
  })

  it('reports invalid HTTP with a short message and closes the connection [F28]', async () => {
    const head = 'HTTP/1.1 200 OK\r\n'
    const table: readonly (readonly [RegExp, Parameters<typeof startTcpServer>[0] | readonly string[]])[] = [
      [/^connection (reset|closed by the receiver)$/, (socket) => socket.once('data', () => socket.resetAndDestroy())],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end())],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end(`${head}x: y`))],
      [/^the response is not valid HTTP$/, ['SSH-2.0-OpenSSH_9.2\r\n']],
      [/^the response is not valid HTTP$/, ['<html>as it was before versions</html>']],
      [/^the response is not valid HTTP$/, [head, 'content-length: 1\r\ncontent-length: 2\r\n\r\nab']],
      [/^the response is not valid HTTP$/, ['hello\n']],
      [/^the response is not valid HTTP$/, ['HTTP/1.1 2000 OK\r\n\r\n']],
      [/^the response is not valid HTTP$/, ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n']],
      [/^the response has too many headers$/, [head, `x: ${'y'.repeat(200_000)}\r\n\r\n`]],
    ]
    for (const [expected, response] of table) {
      const server = typeof response === 'function' ? await startTcpServer(response) : await startServerSending(...response)
      await withSinkForServer(
        server,
        async (writer) => {
          const error = await writeErrorOf(writer.write(delivery, neverAborted()))
          expect(error).not.to.be.instanceOf(GiveUp)
          expect(error.message).to.match(expected)
          await until(() => server.openConnections() === 0)
        },
        { url: `${server.url}?${TOKEN}` },
      )
    }
  })

  it('delivers at the final response after any number of interim responses that it did not ask for [F28]', async () => {
    const interim = ['100 Continue', '102 Processing', '103 Early Hints', '199 Unknown'].map(
      (status) => `HTTP/1.1 ${status}\r\nlink: </>\r\n\r\n`,
    )
    const final = 'HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\nHTTP/1.1 100 Continue\n'
    for (const head of [...interim, ...interim.map((each) => each.repeat(1_000)), interim.join('')]) {
      let requests = 0
      const server = await startTcpServer((socket) =>
        socket.on('data', () => {
          requests += 1
          socket.write(head + final)
        }),
      )
      await withSinkForServer(server, async (writer) => {
        await writer.write(delivery, neverAborted())
        await writer.write({ ...delivery, attempt: 2 }, neverAborted())
        expect([requests, server.connections()]).to.deep.equal([2, 1])
      })
    }
  })

  it('reports a refused connection if no server listens on the port', async () => {
    const closedReceiver = await startReceiver((response) => response.end())
    await closedReceiver.close()
    await withWebhookSink({ url: `${closedReceiver.url}?${TOKEN}`, secret: SECRET, allow: LOOPBACK }, async (writer) => {
      expect((await writeErrorOf(writer.write(delivery, neverAborted()))).message).to.equal('connection refused')
    })
  })

  it('reports why a host name cannot be resolved, also when the resolver hangs, and keeps the delivery retryable [F30]', async () => {
    const { signal, expire } = createTimeout()
    const lookups: Readonly<Record<string, (callback: (error: Error | null, addresses: readonly []) => void) => void>> = {
      'dns: no such host': (callback) => callback(Object.assign(new Error(TOKEN), { code: 'ENOTFOUND' }), []),
      'dns: no answer': (callback) => callback(Object.assign(new Error(TOKEN), { code: 'EAI_AGAIN' }), []),
      'dns: no address': (callback) => callback(null, []),
      'the request failed: EAI_FAIL': (callback) => callback(Object.assign(new Error(TOKEN), { code: 'EAI_FAIL' }), []),
      [TIMEOUT_MESSAGE]: expire,
    }
    const { lookup } = dns
    try {
      for (const [expected, answer] of Object.entries(lookups)) {
        Reflect.set(dns, 'lookup', (_name: string, _options: object, callback: Parameters<typeof answer>[0]) => answer(callback))
        syncBuiltinESMExports()
        await withWebhookSink({ url: `http://crm.example.com/in?${TOKEN}`, secret: SECRET }, async (writer) => {
          const error = await writeErrorOf(writer.write(delivery, signal))
          expect(error).not.to.be.instanceOf(GiveUp)
          expect(error.message).to.equal(expected)
        })
      }
    } finally {
      Reflect.set(dns, 'lookup', lookup)
      syncBuiltinESMExports()
    }
  })

  it('reports a DNS error for an unknown host name and keeps the delivery retryable [F30]', () =>
    withWebhookSink({ url: `http://no-such-host.invalid/in?${TOKEN}`, secret: SECRET }, async (writer) => {
      const error = await writeErrorOf(writer.write(delivery, neverAborted()))
      expect(error).not.to.be.instanceOf(GiveUp)
      expect(error.message).to.match(/^dns: /)
    }))
})
