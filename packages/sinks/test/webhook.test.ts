import { GiveUp } from '@callboard/core'
import { webhook } from '@callboard/sinks'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { receiver } from './receiver.ts'
import { delivery, event, failure, KEY, LOOPBACK, live, moment, OTHER, opened, payload, posting, SECRET } from './webhook/posting.ts'

describeSink(
  'webhook',
  async () => {
    const to = await receiver((response) => response.end())
    return { sink: webhook({ url: to.url, secret: SECRET, allow: LOOPBACK }), clean: to.close }
  },
  {
    event,
    payload,
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
        expect(one?.body.toString()).to.equal(JSON.stringify(payload))
        expect(one?.headers).to.include({
          'content-type': 'application/json',
          'webhook-id': event.id,
          'webhook-timestamp': String(moment / 1_000),
          'x-team': 'im',
        })
        const headers = Object.fromEntries(Object.entries(one?.headers ?? {}).map(([name, value]) => [name, String(value)]))
        for (const secret of [SECRET, OTHER]) {
          expect(new Webhook(secret).verify(one?.body ?? '', headers)).to.deep.equal(payload)
        }
      },
      { secret: [SECRET, OTHER], headers: { 'x-team': 'im' } },
    ))

  it("posts the vendor's bytes exactly where there is no hook, or where they are asked for", async () => {
    const raw = Buffer.from('{ "CallbackCommand" : "X",  "n": 9007199254740993, "s": "\\u00e9é" }\n')
    const unhooked = { event: unknownEvent({ raw }), sink: 'crm', attempt: 1 }
    for (const [options, sent] of [
      [{}, unhooked],
      [{ format: 'payload' }, unhooked],
      [{ format: 'raw' }, { ...unhooked, payload }],
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
        expect(to.connections()).to.equal(1)
      },
    ))

  it('opens no more connections than there may be deliveries in flight, also where each follows another at once', () =>
    posting(
      (response) => response.writeHead(204).end(),
      async (open, { received, connections }) => {
        const deliverer = async () => {
          for (let n = 0; n < 10; n += 1) await open.write(delivery, live())
        }
        await Promise.all([deliverer(), deliverer(), deliverer()])
        expect(received).to.have.length(30)
        expect(connections()).to.equal(3)
      },
      {},
      3,
    ))

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
