import { type Delivery, type Json, type SinkEvent, sanitize } from '@callboard/core'

/** The CloudEvents 1.0 attributes of an event. */
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

// A receiver refuses too large headers at every attempt.
const MAX_SUBJECT_CHARACTERS = 1_024
const YEAR_10000 = Date.UTC(10_000, 0)

/** Returns text without control characters and without lone surrogates. */
const attributeValue = (text: string): string => sanitize(Buffer.from(text).toString())

const timeOf = ({ eventTime = -1, receivedAt }: SinkEvent): string =>
  new Date(eventTime >= 0 && eventTime < YEAR_10000 ? eventTime : receivedAt).toISOString()

const attributesOf = (event: SinkEvent): Attributes => {
  const subject = attributeValue(event.key ?? '')
  return {
    specversion: '1.0',
    id: event.id,
    source: `/tencent-im/apps/${event.app}`,
    type: `com.tencent.im.${attributeValue(event.command)}`,
    time: timeOf(event),
    ...(subject !== '' && headerValue(subject).length <= MAX_SUBJECT_CHARACTERS && { subject }),
  }
}

/** Percent-encodes spaces, quotes, percent signs and all but visible ASCII, as the HTTP binding of CloudEvents requires. */
const headerValue = (value: string): string => value.replace(/[^!#$&-~]+/gu, encodeURIComponent)

/** The headers and the body of a CloudEvents request. */
export interface CloudEvent {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Binary mode: the attributes are headers. The body is the hook's JSON, or the vendor's bytes without a hook. */
export const binaryMode = ({ event, payload }: Delivery<Json>): CloudEvent => ({
  headers: Object.fromEntries(Object.entries(attributesOf(event)).map(([name, value]) => [`ce-${name}`, headerValue(value)])),
  body: payload === undefined ? event.raw : Buffer.from(JSON.stringify(payload)),
})

/** Structured mode: one JSON object. `data` is the hook's JSON, or `data_base64` the vendor's bytes without a hook. */
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
