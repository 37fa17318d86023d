import { type Delivery, type Json, type SinkEvent, sanitize } from '@callboard/core'

/** What CloudEvents 1.0 says about an event. */
interface Attributes {
  readonly specversion: '1.0'
  readonly id: string
  /** Names the app. */
  readonly source: string
  readonly type: string
  /** RFC 3339, UTC. */
  readonly time: string
  /** The key of the event, such as its group. */
  readonly subject?: string
}

// In a header; receivers refuse a request whose headers are too large, and would refuse it each time.
const LONGEST_SUBJECT = 1_024
const YEAR_10000 = Date.UTC(10_000, 0)

/** Text as an attribute may hold it: no controls, no halves of a character. */
const attribute = (text: string): string => sanitize(Buffer.from(text).toString())

const timeOf = ({ eventTime = -1, receivedAt }: SinkEvent): string =>
  new Date(eventTime >= 0 && eventTime < YEAR_10000 ? eventTime : receivedAt).toISOString()

const attributesOf = (event: SinkEvent): Attributes => {
  const subject = attribute(event.key ?? '')
  return {
    specversion: '1.0',
    id: event.id,
    source: `/tencent-im/apps/${event.app}`,
    type: `com.tencent.im.${attribute(event.command)}`,
    time: timeOf(event),
    ...(subject !== '' && inHeader(subject).length <= LONGEST_SUBJECT && { subject }),
  }
}

/** As the HTTP binding writes a value: what is not a visible ASCII character, quotes and percent signs are encoded. */
const inHeader = (value: string): string => value.replace(/[^!#$&-~]+/gu, encodeURIComponent)

/** What a CloudEvents webhook posts. */
export interface CloudEvent {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Binary mode: the attributes are headers, the body is the hook's JSON, or the vendor's bytes where there is none. */
export const binaryMode = ({ event, payload }: Delivery<Json>): CloudEvent => ({
  headers: Object.fromEntries(Object.entries(attributesOf(event)).map(([name, value]) => [`ce-${name}`, inHeader(value)])),
  body: payload === undefined ? event.raw : Buffer.from(JSON.stringify(payload)),
})

/** Structured mode: one JSON object, with the hook's JSON as `data`, or the vendor's bytes as `data_base64` where there is none. */
export const structuredMode = ({ event, payload }: Delivery<Json>): CloudEvent => ({
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  body: Buffer.from(
    JSON.stringify({
      ...attributesOf(event),
      datacontenttype: 'application/json',
      ...(payload === undefined ? { data_base64: Buffer.from(event.raw).toString('base64') } : { data: payload }),
    }),
  ),
})
