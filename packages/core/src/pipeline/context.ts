import type { Fault, FaultOf } from '../fault.ts'
import type { AppendResult, DecisionRecord } from '../journal/journal.ts'
import type { JsonObject } from '../json/json.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { DecodedBody, Plugin } from '../plugin/plugin.ts'
import type { VendorAnswer } from '../plugin/verdict.ts'
import type { QueryParams } from './query-params.ts'

// What is known about a request, step by step: each shape adds to the one before and takes nothing away.

/** The bytes of a request body. */
export interface RequestBody {
  readonly raw: Uint8Array
  /** Something before Callboard consumed the bytes: these were written anew from the parsed object. */
  readonly rebuilt?: boolean
}
/** Why a body could not be had. */
export type BodyFault = FaultOf<'TooLarge'> | FaultOf<'UnsupportedEncoding'> | FaultOf<'Malformed'>

/** A request whose head has arrived. The adapter of a web framework makes it; `read` is called only once the head has been trusted. */
export interface IncomingRequest {
  /** The query of the URL as it was sent, without the question mark. */
  readonly query: string
  /** False when the peer's address may not send callbacks. */
  readonly admitted: boolean
  /** The request's Content-Encoding, if any. */
  readonly encoding?: string
  /** The request's Content-Length in bytes, if it says. */
  readonly length?: number
  /** When the head arrived, by the clock's `elapsed`. */
  readonly headAt: number
  /** Reads the whole body once, up to `limit` bytes. Should not reject; if it does, that is a defect. */
  readonly readBody: (limit: number) => Promise<RequestBody | BodyFault>
}

/** verify: it comes from the vendor, for one of our apps. */
export interface Verified extends IncomingRequest {
  readonly app: number
  readonly params: QueryParams
}

/** read: its body is here. */
export interface WithBody extends Verified, RequestBody {}

/** decode: we know which callback it is and, if a plugin declares it, what it says. */
export interface Decoded extends WithBody {
  readonly event: SinkEvent
  readonly json: JsonObject
  readonly plugin?: Plugin
  /** Present where the plugin understood the body. */
  readonly decoded?: DecodedBody
  /** Not a reason to refuse the request: what the answer and the record have to say about it. */
  readonly fault?: FaultOf<'UnknownCommand'> | FaultOf<'InvalidBody'>
}

/** decide: the answer is known. */
export interface Decided extends Decoded {
  readonly answer: VendorAnswer
  /** Before-callbacks that somebody decides: who did and how long it took. */
  readonly decision?: DecisionRecord
  readonly decideFault?: FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>
}

/** record: it is durable. */
export interface Recorded extends Decided {
  readonly appended: AppendResult
}

/** A step ended it: why, and what a before-callback is answered instead of the fault's row. */
export interface Rejection {
  readonly fault: Fault
  readonly callback?: Decoded
  readonly instead?: VendorAnswer
}
