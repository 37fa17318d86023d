import type { Delivery, Json, SinkEvent } from '@callboard/core'
import { unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import type { ReceivedRequest } from '../test-receiver.ts'
import { delivery, event, neverAborted, payload, SECRET, withSinkAndReceiver } from './webhook-sink-fixture.ts'

const MODES = ['cloudevents', 'cloudevents-structured'] as const
type Mode = (typeof MODES)[number]

/** Delivers with a webhook sink of this format. Returns the request that the receiver reads. */
const requestFor = async (
  format: Mode,
  changes: Partial<Delivery<Json>>,
  headers: Record<string, string> = {},
): Promise<ReceivedRequest> => {
  const requests: ReceivedRequest[] = []
  await withSinkAndReceiver(
    (response) => response.end(),
    async (writer, receiver) => {
      await writer.write({ sink: 'crm', attempt: 1, event, ...changes }, neverAborted())
      requests.push(...receiver.requests)
    },
    { format, headers },
  )
  const [request] = requests
  if (!request) throw new Error('the receiver got no request')
  return request
}

/** Parses the request with the CloudEvents SDK. Decodes the percent-encoded headers first, because the SDK does not decode them. */
const cloudEventOf = ({ headers, body }: ReceivedRequest): CloudEvent<unknown> => {
  const decoded = Object.entries(headers).map(([name, value]) => [name, name.startsWith('ce-') ? decodeURIComponent(String(value)) : value])
  const read = HTTP.toEvent({ headers: Object.fromEntries(decoded), body: body.toString() })
  if (Array.isArray(read)) throw new Error('the SDK returned a batch')
  return new CloudEvent(read, true)
}
const eventWith = (changes: Partial<SinkEvent>): SinkEvent => ({ ...event, ...changes })

describe('webhook sink in the CloudEvents formats', () => {
  for (const format of MODES) {
    it(`sends all attributes and the data of the event in the format that the CloudEvents SDK reads (${format})`, async () => {
      const chineseKeyEvent = eventWith({ key: '@TGS#群 "1" 100%' })
      const read = cloudEventOf(await requestFor(format, { event: chineseKeyEvent, payload }))
      expect(read).to.include({
        specversion: '1.0',
        id: event.id,
        source: '/tencent-im/apps/1400000000',
        type: 'com.tencent.im.Group.CallbackAfterGroupDestroyed',
        subject: '@TGS#群 "1" 100%',
        time: '2022-12-09T08:26:54.123Z',
        datacontenttype: 'application/json',
      })
      expect(read.data).to.deep.equal(payload)
    })

    it(`signs the request with the Standard Webhooks signature (${format})`, async () => {
      const request = await requestFor(format, { payload })
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      new Webhook(SECRET).verify(request.body.toString(), headers)
      expect(request.headers['webhook-id']).to.equal(event.id)
    })

    it(`omits the subject if the event has no key, an empty key or a key too long for a header (${format})`, async () => {
      const { key: _, ...keyless } = event
      for (const sentEvent of [keyless, eventWith({ key: '' }), eventWith({ key: '群'.repeat(200) })]) {
        expect(cloudEventOf(await requestFor(format, { event: sentEvent, payload })).subject).to.equal(undefined)
      }
    })

    it(`sends the arrival time as the event time if the event has no event time or an invalid one (${format})`, async () => {
      for (const eventTime of [undefined, -1, 8e15]) {
        const { eventTime: _, ...timeless } = event
        const sentEvent = eventTime === undefined ? timeless : { ...timeless, eventTime }
        expect(cloudEventOf(await requestFor(format, { event: sentEvent, payload })).time).to.equal('2026-01-01T00:00:00.000Z')
      }
    })

    it(`escapes control characters in the type and replaces lone surrogates in the subject (${format}) [F38]`, async () => {
      const hostileEvent = eventWith({ command: 'Strange.\r\nx-injected: 1', key: 'half \ud800' })
      const request = await requestFor(format, { event: hostileEvent, payload })
      expect(request.headers).not.to.have.property('x-injected')
      expect(cloudEventOf(request)).to.include({ type: 'com.tencent.im.Strange.\\u000d\\u000ax-injected: 1', subject: 'half \ufffd' })
    })
  }

  it('percent-encodes only quotes, percent signs and characters outside visible ASCII in headers (binary mode) [F38]', async () => {
    const request = await requestFor('cloudevents', { event: eventWith({ key: 'a b"%~!\'{}é群😀' }), payload })
    expect(request.headers['ce-subject']).to.equal("a%20b%22%25~!'{}%C3%A9%E7%BE%A4%F0%9F%98%80")
    expect(request.headers['content-type']).to.equal('application/json')
  })

  const raw = Buffer.from('{ "CallbackCommand" : "X",  "n": 9007199254740993, "s": "\\u00e9é" }\n')

  it("sends the vendor's bytes unchanged if the event has no payload (binary mode)", async () => {
    const request = await requestFor('cloudevents', { event: unknownEvent({ raw }) })
    expect(request.body.equals(raw)).to.equal(true)
    expect(request.headers).to.include({ 'content-type': 'application/json', 'ce-type': 'com.tencent.im.Strange.CallbackAfterSomething' })
  })

  it("sends the vendor's bytes unchanged in data_base64 if the event has no payload (structured mode)", async () => {
    const request = await requestFor('cloudevents-structured', { event: unknownEvent({ raw }) })
    expect(request.headers['content-type']).to.equal('application/cloudevents+json; charset=utf-8')
    expect(request.headers).not.to.have.property('ce-id')
    const { data_base64: encoded, data } = JSON.parse(request.body.toString())
    expect(data).to.equal(undefined)
    expect(Buffer.from(encoded, 'base64').equals(raw)).to.equal(true)
    expect(cloudEventOf(request).data_base64).to.equal(raw.toString('base64'))
  })

  it('sends a configured ce- header as an extension attribute', async () => {
    const request = await requestFor('cloudevents', { payload }, { 'ce-tenant': 'blue' })
    expect(cloudEventOf(request).tenant).to.equal('blue')
  })

  it('sends the same attributes at each attempt', async () => {
    const [first, second] = [await requestFor('cloudevents', { ...delivery }), await requestFor('cloudevents', { ...delivery, attempt: 2 })]
    for (const name of ['ce-id', 'ce-source', 'ce-type', 'ce-time', 'ce-subject']) {
      expect(second.headers[name], name).to.equal(first.headers[name])
    }
  })
})
