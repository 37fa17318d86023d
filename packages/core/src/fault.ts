/** Why a request is not trusted. Logged and counted, never told to the sender. */
export type AuthFailure =
  | 'missing_app'
  | 'wrong_app'
  /** A room or media event of TRTC, which has another envelope and signature. */
  | 'trtc_event'
  | 'missing_sign'
  | 'bad_sign'
  | 'bad_time'
  | 'expired'
  | 'address'
  | 'unreadable_forwarded_for'

/** Why a body or a query is malformed. Told to the sender. */
export type MalformedReason =
  | 'not_json'
  | 'not_an_object'
  | 'not_utf8'
  | 'forbidden_key'
  | 'too_deep'
  | 'too_many_values'
  | 'too_many_keys'
  | 'no_command'
  | 'two_commands'
  | 'command_mismatch'
  | 'truncated_body'
  | 'mount_before_the_body_parser'
  | 'mount_before_set_encoding'

/** Why an event is not known to be stored. `late`: it may still be stored. */
export type NotRecordedReason = 'down' | 'full' | 'late' | 'unstorable' | 'closed'

/** Why a request was not accepted, or why a step failed. The fields are for logs; only a `MalformedReason` is told to the sender. */
export type Fault =
  | { readonly _tag: 'NotFound' }
  | { readonly _tag: 'MethodNotAllowed' }
  /**
   * `skew`: the signature is genuine but out of time. Our clock is this many seconds ahead of its RequestTime. `address`: the address that
   * was refused.
   */
  | { readonly _tag: 'Unauthorized'; readonly reason: AuthFailure; readonly skew?: number; readonly address?: string }
  | { readonly _tag: 'UnsupportedEncoding' }
  | { readonly _tag: 'TooLarge' }
  | { readonly _tag: 'Malformed'; readonly reason: MalformedReason }
  | { readonly _tag: 'BadRequest' }
  | { readonly _tag: 'RequestTimeout' }
  | { readonly _tag: 'HeadersTooLarge' }
  | { readonly _tag: 'UnknownCommand' }
  | { readonly _tag: 'InvalidBody'; readonly reasons: readonly string[] }
  | { readonly _tag: 'DecideFailed'; readonly error: unknown }
  | { readonly _tag: 'DecideLate' }
  | { readonly _tag: 'NotRecorded'; readonly reason: NotRecordedReason }
  | { readonly _tag: 'Overloaded' }
  | { readonly _tag: 'Defect'; readonly error: unknown }

/** Returns the reason of a fault, which metrics and logs show beside its name. Undefined for a fault without a reason. */
export const reasonOf = (fault: Fault): AuthFailure | MalformedReason | NotRecordedReason | undefined =>
  'reason' in fault ? fault.reason : undefined

/** The name of a fault, and so of its row in the fault table. */
export type FaultTag = Fault['_tag']
/** The faults of one row. */
export type FaultOf<Tag extends FaultTag> = Extract<Fault, { readonly _tag: Tag }>

/** One row of the fault table: how a request with this fault is answered. */
export interface FaultRow {
  /** The HTTP status. */
  readonly status: number
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorCode: number
  /** The ErrorInfo. The reason of a `Malformed` is appended to it. */
  readonly message: string
  /**
   * The answer to a before-callback. `same`: this row. `fallback`: HTTP 200 with the fallback of the callback. `decision`: HTTP 200 with
   * the decision, which was already made.
   */
  readonly before: 'same' | 'fallback' | 'decision'
  readonly headers: Readonly<Record<string, string>>
  /** Whether the connection is closed after the answer. */
  readonly close: boolean
}

const refused = (status: number, message: string, headers: Readonly<Record<string, string>> = {}, close = false) =>
  ({ status, ActionStatus: 'FAIL', ErrorCode: status, message, before: 'same', headers, close }) as const
const accepted = (before: 'same' | 'fallback') =>
  ({ status: 200, ActionStatus: 'OK', ErrorCode: 0, message: '', before, headers: {}, close: false }) as const
const unavailable = (message: string, before: 'fallback' | 'decision') =>
  ({ status: 503, ActionStatus: 'FAIL', ErrorCode: 503, message, before, headers: { 'retry-after': '2' }, close: true }) as const

/** The fault table: the answer to each fault. A fault without a row does not compile. */
export const faults = {
  NotFound: refused(404, 'not found'),
  MethodNotAllowed: refused(405, 'method not allowed', { allow: 'POST' }),
  Unauthorized: refused(403, 'unauthorized'),
  UnsupportedEncoding: refused(415, 'unsupported content encoding: send the body uncompressed', {}, true),
  TooLarge: refused(413, 'body too large', {}, true),
  Malformed: refused(400, 'malformed'),
  BadRequest: refused(400, 'bad request', {}, true),
  RequestTimeout: refused(408, 'request timeout', {}, true),
  HeadersTooLarge: refused(431, 'request header fields too large', {}, true),
  UnknownCommand: accepted('same'),
  InvalidBody: accepted('fallback'),
  DecideFailed: accepted('fallback'),
  DecideLate: accepted('fallback'),
  NotRecorded: unavailable('not recorded', 'decision'),
  Overloaded: unavailable('overloaded', 'fallback'),
  Defect: unavailable('internal error', 'fallback'),
} as const satisfies { readonly [Tag in FaultTag]: FaultRow }
