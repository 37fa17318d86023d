import { GiveUp } from '@callboard/core'
import { webhook } from '@callboard/sinks'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { startReceiver } from './test-receiver.ts'
import {
  attemptTime,
  delivery,
  event,
  KEY,
  LOOPBACK,
  neverAborted,
  OTHER_SECRET,
  payload,
  SECRET,
  withSinkAndReceiver,
  withWebhookSink,
  writeErrorOf,
} from './webhook/webhook-sink-fixture.ts'

describeSink(
  'webhook',
  async () => {
    const receiver = await startReceiver((response) => response.end())
    return { sink: webhook({ url: receiver.url, secret: SECRET, allow: LOOPBACK }), clean: receiver.close }
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
      const receiver = await startReceiver((response) => response.writeHead(500).end(KEY))
      return { sink: webhook({ url: `${receiver.url}?token=${KEY}`, secret: SECRET, allow: LOOPBACK }), clean: receiver.close }
    },
  },
)

describe('webhook sink', () => {
  it('posts the payload as signed JSON with the event id and the time of the attempt [F39]', () =>
    withSinkAndReceiver(
      (response) => response.writeHead(204).end(),
      async (writer, receiver) => {
        await writer.write(delivery, neverAborted())
        const [request] = receiver.requests
        expect(request).to.include({ method: 'POST', url: '/in' })
        expect(request?.body.toString()).to.equal(JSON.stringify(payload))
        expect(request?.headers).to.include({
          'content-type': 'application/json',
          'webhook-id': event.id,
          'webhook-timestamp': String(attemptTime / 1_000),
          'x-team': 'im',
        })
        const headers = Object.fromEntries(Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]))
        for (const secret of [SECRET, OTHER_SECRET]) {
          expect(new Webhook(secret).verify(request?.body ?? '', headers)).to.deep.equal(payload)
        }
      },
      { secret: [SECRET, OTHER_SECRET], headers: { 'x-team': 'im' } },
    ))

  it("posts the vendor's bytes unchanged if the event has no payload or the format is raw [F48]", async () => {
    const raw = Buffer.from('{ "CallbackCommand" : "X",  "n": 9007199254740993, "s": "\\u00e9é" }\n')
    const deliveryWithoutPayload = { event: unknownEvent({ raw }), sink: 'crm', attempt: 1 }
    for (const [options, testDelivery] of [
      [{}, deliveryWithoutPayload],
      [{ format: 'payload' }, deliveryWithoutPayload],
      [{ format: 'raw' }, { ...deliveryWithoutPayload, payload }],
    ] as const) {
      await withSinkAndReceiver(
        (response) => response.end(),
        async (writer, receiver) => {
          await writer.write(testDelivery, neverAborted())
          expect(receiver.requests[0]?.body.equals(raw)).to.equal(true)
        },
        options,
      )
    }
  })

  it('sends no signature header with `unsigned: true`', async () => {
    const receiver = await startReceiver((response) => response.end())
    try {
      await withWebhookSink({ url: receiver.url, unsigned: true, allow: LOOPBACK }, async (writer) => {
        await writer.write(delivery, neverAborted())
        expect(receiver.requests[0]?.headers).not.to.have.property('webhook-signature')
        expect(receiver.requests[0]?.headers).to.have.property('webhook-id', event.id)
      })
    } finally {
      await receiver.close()
    }
  })

  it('reuses one connection for sequential deliveries', () =>
    withSinkAndReceiver(
      (response) => response.end('{"ok":true}'),
      async (writer, receiver) => {
        for (let attempt = 1; attempt <= 5; attempt += 1) await writer.write({ ...delivery, attempt }, neverAborted())
        expect(receiver.connections()).to.equal(1)
      },
    ))

  it('opens at most `concurrency` connections for concurrent deliveries', () =>
    withSinkAndReceiver(
      (response) => response.writeHead(204).end(),
      async (writer, { requests, connections }) => {
        const deliverer = async () => {
          for (let n = 0; n < 10; n += 1) await writer.write(delivery, neverAborted())
        }
        await Promise.all([deliverer(), deliverer(), deliverer()])
        expect(requests).to.have.length(30)
        expect(connections()).to.equal(3)
      },
      {},
      3,
    ))

  it('gives up a delivery to a blocked address and opens no connection', async () => {
    const receiver = await startReceiver((response) => response.end())
    try {
      await withWebhookSink({ url: receiver.url, secret: SECRET }, async (writer) => {
        const error = await writeErrorOf(writer.write(delivery, neverAborted()))
        expect(error).to.be.instanceOf(GiveUp)
        expect(error.message).to.equal('blocked_address')
      })
      expect(receiver.connections()).to.equal(0)
    } finally {
      await receiver.close()
    }
  })

  it('ignores the proxy environment variables [F71]', async () => {
    const proxy = await startReceiver((response) => response.end())
    process.env.http_proxy = proxy.url
    process.env.HTTP_PROXY = proxy.url
    try {
      await withSinkAndReceiver(
        (response) => response.end(),
        async (writer, receiver) => {
          await writer.write(delivery, neverAborted())
          expect(receiver.requests.length).to.equal(1)
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
