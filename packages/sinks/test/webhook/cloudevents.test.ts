import type { Delivery, Json, SinkEvent } from '@callboard/core'
import { unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import type { Received } from '../receiver.ts'
import { delivery, event, live, payload, posting, SECRET } from './posting.ts'

const MODES = ['cloudevents', 'cloudevents-structured'] as const
type Mode = (typeof MODES)[number]

/** What a receiver gets of a delivery. */
const received = async (format: Mode, given: Partial<Delivery<Json>>, headers: Record<string, string> = {}): Promise<Received> => {
  const got: Received[] = []
  await posting(
    (response) => response.end(),
    async (open, to) => {
      await open.write({ sink: 'crm', attempt: 1, event, ...given }, live())
      got.push(...to.received)
    },
    { format, headers },
  )
  const [one] = got
  if (!one) throw new Error('nothing was received')
  return one
}

/** The event as the SDK of CloudEvents reads it, which leaves headers percent-encoded. */
const asRead = ({ headers, body }: Received): CloudEvent<unknown> => {
  const decoded = Object.entries(headers).map(([name, value]) => [name, name.startsWith('ce-') ? decodeURIComponent(String(value)) : value])
  const read = HTTP.toEvent({ headers: Object.fromEntries(decoded), body: body.toString() })
  if (Array.isArray(read)) throw new Error('a batch')
  return new CloudEvent(read, true)
}
const eventWith = (changes: Partial<SinkEvent>): SinkEvent => ({ ...event, ...changes })

describe('webhook, as CloudEvents', () => {
  for (const format of MODES) {
    it(`${format}: the SDK of CloudEvents reads all that is said about the event`, async () => {
      const chinese = eventWith({ key: '@TGS#群 "1" 100%' })
      const read = asRead(await received(format, { event: chinese, payload }))
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

    it(`${format}: is signed like every other posting`, async () => {
      const one = await received(format, { payload })
      const headers = Object.fromEntries(Object.entries(one.headers).map(([name, value]) => [name, String(value)]))
      new Webhook(SECRET).verify(one.body.toString(), headers)
      expect(one.headers['webhook-id']).to.equal(event.id)
    })

    it(`${format}: leaves out the subject of an event without a key, or with one that no header could carry`, async () => {
      const { key: _, ...keyless } = event
      for (const sent of [keyless, eventWith({ key: '' }), eventWith({ key: '群'.repeat(200) })]) {
        expect(asRead(await received(format, { event: sent, payload })).subject).to.equal(undefined)
      }
    })

    it(`${format}: tells when it arrived where the body does not say when it happened, or says no time of these years`, async () => {
      for (const eventTime of [undefined, -1, 8e15]) {
        const { eventTime: _, ...timeless } = event
        const sent = eventTime === undefined ? timeless : { ...timeless, eventTime }
        expect(asRead(await received(format, { event: sent, payload })).time).to.equal('2026-01-01T00:00:00.000Z')
      }
    })

    it(`${format}: carries commands and keys that a sender made up, controls as escapes`, async () => {
      const odd = eventWith({ command: 'Strange.\r\nx-injected: 1', key: 'half \ud800' })
      const one = await received(format, { event: odd, payload })
      expect(one.headers).not.to.have.property('x-injected')
      expect(asRead(one)).to.include({ type: 'com.tencent.im.Strange.\\u000d\\u000ax-injected: 1', subject: 'half \ufffd' })
    })
  }

  it('binary: encodes in headers what is no visible ASCII, quotes and percent signs, and nothing else', async () => {
    const one = await received('cloudevents', { event: eventWith({ key: 'a b"%~!\'{}é群😀' }), payload })
    expect(one.headers['ce-subject']).to.equal("a%20b%22%25~!'{}%C3%A9%E7%BE%A4%F0%9F%98%80")
    expect(one.headers['content-type']).to.equal('application/json')
  })

  const raw = Buffer.from('{ "CallbackCommand" : "X",  "n": 9007199254740993, "s": "\\u00e9é" }\n')

  it("binary: the vendor's bytes exactly where there is no hook", async () => {
    const one = await received('cloudevents', { event: unknownEvent({ raw }) })
    expect(one.body.equals(raw)).to.equal(true)
    expect(one.headers).to.include({ 'content-type': 'application/json', 'ce-type': 'com.tencent.im.Strange.CallbackAfterSomething' })
  })

  it("structured: the vendor's bytes exactly as data_base64 where there is no hook", async () => {
    const one = await received('cloudevents-structured', { event: unknownEvent({ raw }) })
    expect(one.headers['content-type']).to.equal('application/cloudevents+json; charset=utf-8')
    expect(one.headers).not.to.have.property('ce-id')
    const { data_base64: encoded, data } = JSON.parse(one.body.toString())
    expect(data).to.equal(undefined)
    expect(Buffer.from(encoded, 'base64').equals(raw)).to.equal(true)
    expect(asRead(one).data_base64).to.equal(raw.toString('base64'))
  })

  it('lets the operator add attributes of their own', async () => {
    const one = await received('cloudevents', { payload }, { 'ce-tenant': 'blue' })
    expect(asRead(one).tenant).to.equal('blue')
  })

  it('says the same of an event at each attempt', async () => {
    const [first, second] = [await received('cloudevents', { ...delivery }), await received('cloudevents', { ...delivery, attempt: 2 })]
    for (const name of ['ce-id', 'ce-source', 'ce-type', 'ce-time', 'ce-subject']) {
      expect(second.headers[name], name).to.equal(first.headers[name])
    }
  })
})
