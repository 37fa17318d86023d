/** An accepted callback, as hooks and decisions see it. `body` is the decoded view; `raw` is the record. */
export interface CallbackEvent<Body = unknown, Command extends string = string> {
  /** UUID version 7, the same for every delivery of the event. */
  readonly id: string
  readonly command: Command
  /** The SDKAppID it was sent for. */
  readonly app: number
  /** What keeps order: events of one key reach a sink one after the other. Absent: the event waits for nothing. */
  readonly key?: string
  /** When the request arrived, in milliseconds since the Unix epoch. */
  readonly receivedAt: number
  /** When it happened by the vendor's clock, in milliseconds since the Unix epoch; absent when the body does not say. */
  readonly eventTime?: number
  /** The query parameters as they came (`ClientIP`, `OptPlatform`, …), less `Sign`. */
  readonly query: Readonly<Record<string, string>>
  readonly body: Body
  /** The request body, byte for byte, unless `rebuilt` says otherwise. */
  readonly raw: Uint8Array
  /** True when something before Callboard consumed the bytes, so that `raw` was written anew from the parsed object. */
  readonly rebuilt?: boolean
}

/** `accepted`: its plugin decoded the body. `unknown`: no plugin declares the command. `quarantined`: the codec refused the body. */
export type EventStatus = 'accepted' | 'unknown' | 'quarantined'

/** What a sink is handed: `status` says how much is known about `body`. Narrow it with a plugin's `is(event)`. */
export type SinkEvent = CallbackEvent & {
  readonly status: EventStatus
  /** Why the codec refused the body, one line each, without values; only where `status` is `quarantined`. */
  readonly reasons?: readonly string[]
}
