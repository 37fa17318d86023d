import type { Fault, FaultOf } from '../fault.ts'
import type { AppendResult, DecisionRecord } from '../journal/journal.ts'
import type { JsonObject } from '../json/json.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { DecodedBody, Plugin } from '../plugin/plugin.ts'
import type { VendorAnswer } from '../plugin/verdict.ts'
import type { QueryParams } from './query-params.ts'

// The context of a request. Each step of the pipeline adds fields and removes none.

/** The bytes of a request body. */
export interface RequestBody {
  readonly raw: Uint8Array
  /** True when a body parser consumed the original bytes. `raw` was then serialized again from the parsed object. */
  readonly rebuilt?: boolean
}
/** Why a body could not be read. */
export type BodyFault = FaultOf<'TooLarge'> | FaultOf<'UnsupportedEncoding'> | FaultOf<'Malformed'>

/** Why the address of a peer may not send callbacks. */
export interface PeerRefusal {
  /** `unreadable_forwarded_for`: a trusted proxy sent an X-Forwarded-For whose decisive entry is no address. */
  readonly reason: 'address' | 'unreadable_forwarded_for'
  /** The text that was judged. It is logged, and never told to the sender. */
  readonly address: string
}

/** A request whose HTTP headers have arrived. The adapter of a web framework creates it. */
export interface IncomingRequest {
  /** The query of the URL as it was sent, without the question mark. */
  readonly query: string
  /** False or a refusal when the peer's address may not send callbacks. */
  readonly admitted: boolean | PeerRefusal
  /** True when the headers name an app, as those of the vendor's room and media events do. Those events carry no `SdkAppid` in the query. */
  readonly hasAppHeader?: boolean
  /** The Content-Encoding header, if any. */
  readonly encoding?: string
  /** The Content-Length header in bytes, if any. */
  readonly length?: number
  /** When the HTTP headers arrived, by the clock's `elapsed`, in milliseconds. */
  readonly headAt: number
  /**
   * Reads the whole body once, up to `limit` bytes. It is called only after `verify` accepted the headers. It should not reject: a
   * rejection is answered as a defect.
   */
  readonly readBody: (limit: number) => Promise<RequestBody | BodyFault>
}

/** After `verify`: the request is genuine and belongs to one of our apps. */
export interface Verified extends IncomingRequest {
  readonly app: number
  readonly params: QueryParams
}

/** After `read`: the body has arrived. */
export interface WithBody extends Verified, RequestBody {}

/** After `decode`: the command is known and, if a plugin declares it, the typed body. */
export interface Decoded extends WithBody {
  readonly event: SinkEvent
  readonly json: JsonObject
  readonly plugin?: Plugin
  /** Present when the plugin accepted the body. */
  readonly decodedBody?: DecodedBody
  /** A fault that does not refuse the request. It is recorded with the event. */
  readonly fault?: FaultOf<'UnknownCommand'> | FaultOf<'InvalidBody'>
}

/** After `decide`: the answer is known. */
export interface Decided extends Decoded {
  readonly answer: VendorAnswer
  /** Present for before-callbacks that have a decision. */
  readonly decision?: DecisionRecord
  readonly decideFault?: FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>
}

/** After `record`: the event is durable. */
export interface Recorded extends Decided {
  readonly appended: AppendResult
}

/** The context of a request after any step. */
export type RequestContext = IncomingRequest & Partial<Decided>

/** A step rejected the request. */
export interface Rejection {
  readonly fault: Fault
  readonly context: RequestContext
}
