import { GiveUp, type OpenSink, silent, TryLater } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { describeSink, eventOf, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { peer, type Receiver, receiver } from './receiver.ts'

const KEY = Buffer.alloc(32, 'canary').toString('base64')
const SECRET = `whsec_${KEY}`
const OTHER = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
const LOOPBACK = ['127.0.0.0/8']
const NOW = Math.floor(Date.now() / 1_000) * 1_000

const event = eventOf(groupDestroyed)
const content = { GroupId: '@TGS#1', 群: '名' }
const delivery = { event, content, sink: 'crm', attempt: 1 }
const live = (): AbortSignal => new AbortController().signal

const opened = async (options: Parameters<typeof webhook>[0], work: (open: OpenSink) => Promise<void>) => {
  const open = await webhook(options).open({ name: 'crm', log: silent, now: () => NOW })
  try {
    await work(open)
  } finally {
    await open.close?.()
  }
}

/** A receiver with this answer, and a sink that posts to it. */
const posting = async (
  answer: Parameters<typeof receiver>[0],
  work: (open: OpenSink, to: Receiver) => Promise<void>,
  options: Partial<Parameters<typeof webhook>[0]> = {},
) => {
  const to = await receiver(answer)
  try {
    await opened({ secret: SECRET, allow: LOOPBACK, ...options, url: to.url }, (open) => work(open, to))
  } finally {
    await to.close()
  }
}

const failure = async (work: unknown): Promise<Error> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

describeSink(
  'webhook',
  async () => {
    const to = await receiver((response) => response.end())
    return { sink: webhook({ url: to.url, secret: SECRET, allow: LOOPBACK }), clean: to.close }
  },
  {
    event,
    content,
    secret: KEY,
    wrong: [
      webhook.configure({ url: 'http://example.com', secret: `${KEY}` }),
      webhook.configure({ url: `http://user:${KEY}@example.com`, secret: SECRET }),
      webhook.configure({ url: 'http://example.com', secret: SECRET, headers: { authorization: `${KEY}\r\nx: y` } }),
    ],
    failing: async () => {
      const to = await receiver((response) => response.writeHead(500).end(KEY))
      return { sink: webhook({ url: `${to.url}?token=${KEY}`, secret: SECRET, allow: LOOPBACK }), clean: to.close }
    },
  },
)

describe('webhook', () => {
  it("posts the hook's JSON, signed, with the event's id and the time of the attempt", () =>
    posting(
      (response) => response.writeHead(204).end(),
      async (open, to) => {
        await open.write(delivery, live())
        const [one] = to.received
        expect(one).to.include({ method: 'POST', url: '/in' })
        expect(one?.body.toString()).to.equal(JSON.stringify(content))
        expect(one?.headers).to.include({
          'content-type': 'application/json',
          'webhook-id': event.id,
          'webhook-timestamp': String(NOW / 1_000),
          'x-team': 'im',
        })
        const headers = Object.fromEntries(Object.entries(one?.headers ?? {}).map(([name, value]) => [name, String(value)]))
        for (const secret of [SECRET, OTHER]) {
          expect(new Webhook(secret).verify(one?.body ?? '', headers)).to.deep.equal(content)
        }
      },
      { secret: [SECRET, OTHER], headers: { 'x-team': 'im' } },
    ))

  it("posts the vendor's bytes exactly where there is no hook, or where they are asked for", async () => {
    const raw = Buffer.from('{ "CallbackCommand" : "X",  "n": 9007199254740993, "s": "\\u00e9é" }\n')
    const unhooked = { event: unknownEvent({ raw }), sink: 'crm', attempt: 1 }
    for (const [options, sent] of [
      [{}, unhooked],
      [{ format: 'hook' }, unhooked],
      [{ format: 'raw' }, { ...unhooked, content }],
    ] as const) {
      await posting(
        (response) => response.end(),
        async (open, to) => {
          await open.write(sent, live())
          expect(to.received[0]?.body.equals(raw)).to.equal(true)
        },
        options,
      )
    }
  })

  it('sends no signature where it was told that it may not', async () => {
    const to = await receiver((response) => response.end())
    try {
      await opened({ url: to.url, unsigned: true, allow: LOOPBACK }, async (open) => {
        await open.write(delivery, live())
        expect(to.received[0]?.headers).not.to.have.property('webhook-signature')
        expect(to.received[0]?.headers).to.have.property('webhook-id', event.id)
      })
    } finally {
      await to.close()
    }
  })

  it('uses connections again', () =>
    posting(
      (response) => response.end('{"ok":true}'),
      async (open, to) => {
        for (let attempt = 1; attempt <= 5; attempt += 1) await open.write({ ...delivery, attempt }, live())
        // One, or two where the next event comes before the connection is known to be free.
        expect(to.connections()).to.be.below(3)
      },
    ))

  it('tells what is final from what is not', async () => {
    for (const [status, kind] of [
      [422, GiveUp],
      [410, GiveUp],
      [500, Error],
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

  it('comes back when a receiver that is busy says so', () =>
    posting(
      (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
      async (open) => {
        expect(await failure(open.write(delivery, live())))
          .to.be.instanceOf(TryLater)
          .with.property('after', 7_000)
      },
    ))

  it('follows no redirect', async () => {
    const elsewhere = await receiver((response) => response.end())
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        await posting(
          (response) => response.writeHead(status, { location: `${elsewhere.url}?token=1` }).end(),
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

  it('reads no more than a little of an endless answer, and goes by its status', async () => {
    let sent = 0
    await posting(
      (response) => {
        response.writeHead(200)
        const chunk = Buffer.alloc(8 * 1024)
        const more = (): void => {
          if (response.destroyed) return
          sent += chunk.length
          if (response.write(chunk)) setImmediate(more)
          else response.once('drain', more)
        }
        more()
      },
      async (open) => {
        await open.write(delivery, live())
      },
    )
    // What the kernel buffers on the way comes on top of what is read.
    expect(sent).to.be.below(32 * 1024 * 1024)
  })

  it('ends with the deadline while an answer drips', async () => {
    const stop = new AbortController()
    await posting(
      (response) => {
        response.writeHead(200)
        response.write('.', () => stop.abort(new Error('no answer within 15000 ms')))
      },
      async (open) => {
        expect((await failure(open.write(delivery, stop.signal))).message).to.equal('no answer within 15000 ms')
      },
    )
  })

  it('ends with the deadline while there is no answer at all', async () => {
    const stop = new AbortController()
    await posting(
      () => stop.abort(new Error('no answer within 15000 ms')),
      async (open) => {
        expect((await failure(open.write(delivery, stop.signal))).message).to.equal('no answer within 15000 ms')
      },
    )
  })

  it('says what went wrong with a peer that resets, hangs up, talks nonsense or too much', async () => {
    const table: readonly (readonly [RegExp, Parameters<typeof peer>[0]])[] = [
      [/^connection (reset|closed by the receiver)$/, (socket) => socket.once('data', () => socket.resetAndDestroy())],
      [/^connection closed by the receiver$/, (socket) => socket.once('data', () => socket.end())],
      [/^the answer is not HTTP$/, (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))],
      [
        /^the answer has too many headers$/,
        (socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`)),
      ],
    ]
    for (const [expected, talk] of table) {
      const to = await peer(talk)
      try {
        await opened({ url: to.url, secret: SECRET, allow: LOOPBACK }, async (open) => {
          const error = await failure(open.write(delivery, live()))
          expect(error).not.to.be.instanceOf(GiveUp)
          expect(error.message).to.match(expected)
        })
      } finally {
        await to.close()
      }
    }
  })

  it('says when nobody listens, and when a peer does not speak TLS', async () => {
    const gone = await receiver((response) => response.end())
    await gone.close()
    await opened({ url: gone.url, secret: SECRET, allow: LOOPBACK }, async (open) => {
      expect((await failure(open.write(delivery, live()))).message).to.equal('connection refused')
    })
    const plain = await peer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    try {
      await opened({ url: plain.url.replace('http:', 'https:'), secret: SECRET, allow: LOOPBACK }, async (open) => {
        expect((await failure(open.write(delivery, live()))).message).to.match(/^tls: /)
      })
    } finally {
      await plain.close()
    }
  })

  it('does not call a refused address: its deliveries are dead', async () => {
    const to = await receiver((response) => response.end())
    try {
      await opened({ url: to.url, secret: SECRET }, async (open) => {
        const error = await failure(open.write(delivery, live()))
        expect(error).to.be.instanceOf(GiveUp)
        expect(error.message).to.equal('blocked_address')
      })
      expect(to.connections()).to.equal(0)
    } finally {
      await to.close()
    }
  })

  it('takes no proxy from the environment', async () => {
    const proxy = await receiver((response) => response.end())
    process.env.http_proxy = proxy.url
    process.env.HTTP_PROXY = proxy.url
    try {
      await posting(
        (response) => response.end(),
        async (open, to) => {
          await open.write(delivery, live())
          expect(to.received.length).to.equal(1)
        },
      )
      expect(proxy.connections()).to.equal(0)
    } finally {
      delete process.env.http_proxy
      delete process.env.HTTP_PROXY
      await proxy.close()
    }
  })
})

describe('the options of webhook', () => {
  const problems = (given: unknown): readonly string[] => webhook.configure(given).problems.map(({ at, says }) => [...at, says].join(': '))
  const url = 'https://crm.example.com/im'

  it('are a URL, and a secret or the word that there is none', () => {
    expect(problems({ url, secret: SECRET })).to.deep.equal([])
    expect(problems({ url, secret: [SECRET, OTHER] })).to.deep.equal([])
    expect(problems({ url, unsigned: true })).to.deep.equal([])
    expect(problems({ url })).to.deep.equal(['give a `secret` to sign with, or say `unsigned: true`'])
    expect(problems({ url, unsigned: false })).to.deep.equal(['give a `secret` to sign with, or say `unsigned: true`'])
    expect(problems({ url, secret: SECRET, unsigned: true })).to.deep.equal(['`secret` and `unsigned: true` contradict each other'])
    expect(problems({ secret: SECRET })).to.deep.equal(['url: expected an http or https URL without user and password, got nothing'])
  })

  it('explain a wrong secret in one line, without telling it', () => {
    for (const secret of ['hunter2', '', [], [SECRET, 'hunter2'], 7, null, `${SECRET}!`]) {
      const [problem, ...more] = problems({ url, secret })
      expect(more).to.deep.equal([])
      expect(problem)
        .to.match(/^secret: expected a secret such as whsec_/)
        .and.not.contain('hunter2')
    }
  })

  it('refuse other schemes, and passwords in the URL', () => {
    for (const wrong of ['ftp://x/', 'file:///etc/passwd', 'http://u:p@x/', 'https://u@x/', 'crm.example.com', '/im', '', 7]) {
      expect(problems({ url: wrong, secret: SECRET }), String(wrong)).to.have.length(1)
    }
  })

  it('refuse headers that are the sink’s own, or that would break the request', () => {
    for (const name of [
      'webhook-id',
      'Webhook-Signature',
      'HOST',
      'content-length',
      'Content-Type',
      'transfer-encoding',
      'connection',
      'x y',
      '',
      'x\r\ny',
    ]) {
      expect(problems({ url, secret: SECRET, headers: { [name]: 'v' } }), name).to.have.length(1)
    }
    for (const value of ['a\r\nb: c', 'a\nb', '\u0000', '中文', 7]) {
      expect(problems({ url, secret: SECRET, headers: { 'x-team': value } }), String(value)).to.have.length(1)
    }
    expect(problems({ url, secret: SECRET, headers: { authorization: 'Bearer x', 'x-team': 'im' } })).to.deep.equal([])
  })

  it('refuse formats, ranges and keys that nobody knows', () => {
    expect(problems({ url, secret: SECRET, format: 'xml' })).to.deep.equal(['format: expected "hook" or "raw"'])
    expect(problems({ url, secret: SECRET, allow: ['10.0.0.0/8', 'everything'] })).to.deep.equal([
      'allow: 1: expected an address range such as 10.0.0.0/8',
    ])
    expect(problems({ url, secret: SECRET, allow: '10.0.0.0/8' })).to.deep.equal(['allow: expected a list'])
    expect(problems({ url, secret: SECRET, follow: true })).to.deep.equal(['follow: unknown key'])
  })
})
