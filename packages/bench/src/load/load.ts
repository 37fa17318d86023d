import type { Callbacks } from './bodies.ts'

/** A closed loop: each connection sends the next callback when the last one is answered. It ends after a time or a count. */
export type ClosedLoop = { readonly loop: 'closed'; readonly connections: number } & (
  | { readonly seconds: number }
  | { readonly count: number }
)

/**
 * An open loop: callbacks arrive by a Poisson process, whether the earlier ones are answered or not.
 * An arrival waits if every connection is busy, and its latency begins at the arrival.
 */
export interface OpenLoop {
  readonly loop: 'open'
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
}

/** A load on one server. */
export type Load = (ClosedLoop | OpenLoop) & Callbacks

/** The argument of the generator process. */
export type GeneratorInput = Load & {
  /** The callback URL. */
  readonly to: string
  /** The number of the first body. */
  readonly from: number
  /** Signs each body as GitHub does, in addition to the vendor's signature. */
  readonly hubSecret?: string
  /** Seconds without any answer after which the load fails. Default: 10. */
  readonly silenceSeconds?: number
}

/** The output of the generator process. */
export interface LoadResult {
  readonly answered: number
  /** Arrivals of an open loop that had no answer 2 s after its end. */
  readonly unanswered: number
  readonly perSecond: number
  /** Milliseconds until the answer. */
  readonly p50: number
  readonly p99: number
  /** The share of one core that the generator used. */
  readonly generator: number
}
