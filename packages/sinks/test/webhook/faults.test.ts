import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { GiveUp, RetryAfter } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { peer, receiver } from '../receiver.ts'
import { delivery, event, failure, LOOPBACK, live, opened, posting, postingTo, SECRET, TOKEN } from './posting.ts'

const LATE = 'no answer within 15000 ms'

/** Ends an attempt as core does when its time is up. */
const timer = () => {
  const stop = new AbortController()
  return { signal: stop.signal, ring: () => stop.abort(new Error(LATE)) }
}

/** Writes again and again, as fast as the other side takes it, until it has gone. */
const pour = (to: ServerResponse | Socket, chunk: Buffer | string, poured: (bytes: number) => void = () => {}): void => {
  if (to.destroyed) return
  poured(chunk.length)
  if (to.write(chunk)) setImmediate(() => pour(to, chunk, poured))
  else to.once('drain', () => pour(to, chunk, poured))
}

/** A peer that says these bytes to the first that it hears. */
const saying = (...message: readonly (string | Buffer)[]) =>
  peer((socket) => socket.once('data', () => socket.write(Buffer.concat(message.map((each) => Buffer.from(each))))))

describe('an answer to the webhook', () => {
  it('is final, or is not, by its status alone', async () => {
    for (const [status, kind] of [
      [422, GiveUp],
      [410, GiveUp],
      [500, Error],
      [503, Error],
    ] as const) {
      await posting(
        (response) => response.writeHead(status).end('a secret of the receiver'),
        async (open) => {
          const error = await failure(open.write(delivery, live()))
          expect(error).to.be.instanceOf(kind)
          expect(error.message).to.equal(`the receiver answered ${status}`)
        },
      )
    }
  })

  it('says when to come back: in seconds, by a date, an hour at most; nonsense says nothing', async () => {
    const table: readonly (readonly [string, number | undefined])[] = [
      ['7', 7_000],
      ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
      ['1e9', 3_600_000],
      ['-1', undefined],
      ['abc', undefined],
    ]
    for (const [header, after] of table) {
      await posting(
        (response) => response.writeHead(429, { 'retry-after': header }).end(),
        async (open) => {
          const error = await failure(open.write(delivery, live()))
          expect(error.message).to.equal('the receiver answered 429')
          expect(error instanceof RetryAfter ? error.retryInMs : undefined, header).to.equal(after)
          expect(error).not.to.be.instanceOf(GiveUp)
        },
      )
    }
  })

  it('that redirects is not followed, and its target is told without its query', async () => {
    const elsewhere = await receiver((response) => response.end())
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        await posting(
          (response) => response.writeHead(status, { location: `${elsewhere.url}?${TOKEN}` }).end(),
          async (open) => {
            const error = await failure(open.write(delivery, live()))
            expect(error).not.to.be.instanceOf(GiveUp)
            expect(error.message).to.equal(`the receiver answered ${status}: redirect to ${elsewhere.url} not followed`)
          },
        )
      }
      expect(elsewhere.connections()).to.equal(0)
    } finally {
      await elsewhere.close()
    }
  })

  it('without an end is read a little, let go, and counts by its status', async () => {
    for (const status of [200, 500]) {
      let sent = 0
      await posting(
        (response) => {
          response.writeHead(status)
          pour(response, Buffer.alloc(8 * 1024), (bytes) => {
            sent += bytes
          })
        },
        async (open, to) => {
          const writing = open.write(delivery, live())
          if (status === 200) await writing
          else expect((await failure(writing)).message).to.equal('the receiver answered 500')
          await until(() => to.open() === 0)
        },
      )
      // What the kernel buffers on the way comes on top of the 16 KiB that are read.
      expect(sent).to.be.below(32 * 1024 * 1024)
    }
  })

  it('that is compressed stays so: neither a bomb nor a broken one does anything', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    for (const body of [bomb, Buffer.from('this is no gzip')]) {
      await posting(
        (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
        async (open, to) => {
          await open.write(delivery, live())
          expect(to.received[0]?.headers).not.to.have.property('accept-encoding')
        },
      )
    }
  })

  it('that drips, in its head or in its body, is given up with the attempt, and the connection with it', async () => {
    for (const head of ['HTTP/1.1 200 OK\r\nx: ', 'HTTP/1.1 200 OK\r\n\r\n']) {
      const { signal, ring } = timer()
      let drops = 0
      const dripping = (socket: Socket) => {
        socket.write(head)
        pour(socket, '.', () => {
          drops += 1
          if (drops === 10) ring()
        })
      }
      await postingTo(await peer((socket) => socket.once('data', () => dripping(socket))), async (open, to) => {
        expect((await failure(open.write(delivery, signal))).message).to.equal(LATE)
        await until(() => to.open() === 0)
      })
      expect(drops).to.be.at.least(10)
    }
  })

  it('that never comes is given up with the attempt, and the connection with it', async () => {
    const { signal, ring } = timer()
    await posting(ring, async (open, to) => {
      expect((await failure(open.write(delivery, signal))).message).to.equal(LATE)
      await until(() => to.open() === 0)
    })
  })

  it('that is lost after the event was taken leaves it to be posted again, under the same id', () => {
    let first = true
    return posting(
      (response) => {
        if (first) response.socket?.resetAndDestroy()
        else response.end()
        first = false
      },
      async (open, to) => {
        expect((await failure(open.write(delivery, live()))).message).to.match(/^connection (reset|closed by the receiver)$/)
        await open.write({ ...delivery, attempt: 2 }, live())
        expect(to.received.map(({ headers }) => headers['webhook-id'])).to.deep.equal([event.id, event.id])
      },
    )
  })

  it('that is no good HTTP is told in plain words, and the connection closed', async () => {
    const head = 'HTTP/1.1 200 OK\r\n'
    const table: readonly (readonly [RegExp, Parameters<typeof peer>[0] | readonly string[]])[] = [
      [/^connection (reset|closed by the receiver)$/, (socket) => socket.once('data', () => socket.resetAndDestroy())],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end())],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end(`${head}content-length: 9\r\n\r\nhalf`))],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end(`${head}x: y`))],
      [/^the response is not valid HTTP$/, ['SSH-2.0-OpenSSH_9.2\r\n']],
      [/^the response is not valid HTTP$/, ['<html>as it was before versions</html>']],
      [/^the response is not valid HTTP$/, [head, 'transfer-encoding: chunked\r\n\r\nnonsense\r\n']],
      [/^the response is not valid HTTP$/, [head, 'content-length: 1\r\ncontent-length: 2\r\n\r\nab']],
      [/^the response is not valid HTTP$/, ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000), head, '\r\n']],
      [/^the response has too many headers$/, [head, `x: ${'y'.repeat(200_000)}\r\n\r\n`]],
    ]
    for (const [expected, talk] of table) {
      const to = typeof talk === 'function' ? await peer(talk) : await saying(...talk)
      await postingTo(
        to,
        async (open) => {
          const error = await failure(open.write(delivery, live()))
          expect(error).not.to.be.instanceOf(GiveUp)
          expect(error.message).to.match(expected)
          await until(() => to.open() === 0)
        },
        { url: `${to.url}?${TOKEN}` },
      )
    }
  })

  it('may be announced a thousand times before it comes', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'.repeat(1_000)
    await postingTo(await saying(hints, 'HTTP/1.1 204 No Content\r\n\r\n'), async (open) => {
      await open.write(delivery, live())
    })
  })

  it('is not there where nobody listens', async () => {
    const gone = await receiver((response) => response.end())
    await gone.close()
    await opened({ url: `${gone.url}?${TOKEN}`, secret: SECRET, allow: LOOPBACK }, async (open) => {
      expect((await failure(open.write(delivery, live()))).message).to.equal('connection refused')
    })
  })

  it('is not there where the name is not', () =>
    opened({ url: `http://no-such-host.invalid/in?${TOKEN}`, secret: SECRET }, async (open) => {
      const error = await failure(open.write(delivery, live()))
      expect(error).not.to.be.instanceOf(GiveUp)
      expect(error.message).to.match(/^dns: /)
    }))
})
