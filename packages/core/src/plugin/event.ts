/** An event as hooks and decisions see it. `body` is the decoded view; `raw` is the record. */
export interface CallbackEvent<Body = unknown, Command extends string = string> {
  /** A UUID of version 7. All deliveries of the event have the same id. */
  readonly id: string
  readonly command: Command
  /** The SDKAppID. */
  readonly app: number
  /** Events of one key are delivered to a sink in order. Absent: the event has no order. */
  readonly key?: string
  /** When the request arrived, in milliseconds since the Unix epoch. */
  readonly receivedAt: number
  /** When it happened by the vendor's clock, in milliseconds since the Unix epoch. Absent when the body does not tell. */
  readonly eventTime?: number
  /** The query parameters as sent (`ClientIP`, `OptPlatform`, …), without `Sign`. */
  readonly query: Readonly<Record<string, string>>
  readonly body: Body
  /** The request body, byte for byte, unless `rebuilt` is true. */
  readonly raw: Uint8Array
  /** True when a body parser consumed the original bytes. `raw` was then serialized again from the parsed object. */
  readonly rebuilt?: boolean
}

/** `accepted`: its plugin decoded the body. `unknown`: no plugin declares the command. `quarantined`: the codec refused the body. */
export type EventStatus = 'accepted' | 'unknown' | 'quarantined'

/** An event as a sink receives it. Narrow the type of `body` with `is(event)` of a plugin, or use `handle`. */
export type SinkEvent = CallbackEvent & {
  readonly status: EventStatus
  /** Why the codec refused the body, one line each, without values. Present when `status` is `quarantined`. */
  readonly reasons?: readonly string[]
}
