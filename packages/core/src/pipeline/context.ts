import type { Fault, FaultOf } from '../fault.ts'
import type { Appended, DecisionRecord } from '../journal/journal.ts'
import type { JsonObject } from '../json/json.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { Plugin, Read } from '../plugin/plugin.ts'
import type { VendorAnswer } from '../plugin/verdict.ts'
import type { Query } from './query-params.ts'

// What is known about a request, step by step: each shape adds to the one before and takes nothing away.

/** The bytes of a request body. */
export interface Body {
  readonly raw: Uint8Array
  /** Something before Callboard consumed the bytes: these were written anew from the parsed object. */
  readonly rebuilt?: boolean
}
/** Why a body could not be had. */
export type BodyFault = FaultOf<'TooLarge'> | FaultOf<'UnsupportedEncoding'> | FaultOf<'Malformed'>

/** A request whose head has arrived. The adapter of a web framework makes it; `read` is called only once the head has been trusted. */
export interface Incoming {
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
  readonly read: (limit: number) => Promise<Body | BodyFault>
}

/** verify: it comes from the vendor, for one of our apps. */
export interface Head extends Incoming {
  readonly app: number
  readonly params: Query
}

/** read: its body is here. */
export interface Received extends Head, Body {}

/** decode: we know which callback it is and, if a plugin declares it, what it says. */
export interface Callback extends Received {
  readonly event: SinkEvent
  readonly json: JsonObject
  readonly plugin?: Plugin
  /** Present where the plugin understood the body. */
  readonly understood?: Read
  /** Not a reason to refuse the request: what the answer and the record have to say about it. */
  readonly fault?: FaultOf<'UnknownCommand'> | FaultOf<'InvalidBody'>
}

/** decide: the answer is known. */
export interface Decided extends Callback {
  readonly answer: VendorAnswer
  /** Before-callbacks that somebody decides: who did and how long it took. */
  readonly decision?: DecisionRecord
  readonly decideFault?: FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>
}

/** record: it is durable. */
export interface Recorded extends Decided {
  readonly appended: Appended
}

/** A step ended it: why, and what a before-callback is answered instead of the fault's row. */
export interface Failed {
  readonly fault: Fault
  readonly callback?: Callback
  readonly instead?: VendorAnswer
}
