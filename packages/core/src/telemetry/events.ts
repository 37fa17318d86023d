import type { Fault } from '../fault.ts'
import type { JournalErrorCode } from '../journal/journal.ts'
import type { EventStatus } from '../plugin/event.ts'

/** The health of a sink. `open` and `half-open` are states of its circuit breaker. `stalled`: the journal fails for this sink. */
export type SinkHealth = 'healthy' | 'open' | 'half-open' | 'paused' | 'stalled'

/** Something that happened inside Callboard, for counters, logs and tests. It holds no payload and no secret. */
export type TelemetryEvent =
  /** A request was answered. */
  | {
      readonly type: 'answered'
      /** The HTTP status. */
      readonly status: number
      /** Milliseconds from the arrival of the HTTP headers to the answer. */
      readonly ms: number
      /** Also present when the answer was OK all the same. */
      readonly fault?: Fault
      readonly event?: {
        readonly id: string
        readonly app: number
        readonly command: string
        readonly status: EventStatus
        readonly duplicate: boolean
      }
      /** The part of a decision that could not be answered as given, or the reason for the fallback. */
      readonly warning?: string
    }
  /** A decision ended after the fallback was answered. */
  | { readonly type: 'late-decision'; readonly command: string; readonly id: string }
  /** An event was stored after its answer was 503. */
  | { readonly type: 'late-record'; readonly command: string; readonly id: string }
  /** The journal stored a batch. `ms`: how long it took. */
  | { readonly type: 'append'; readonly events: number; readonly ms: number }
  /** The journal began to fail, or works again; then `code` is absent. */
  | { readonly type: 'journal'; readonly code?: JournalErrorCode; readonly error?: string }
  /** An attempt to deliver ended. */
  | {
      readonly type: 'attempt'
      readonly outcome: 'delivered' | 'retry' | 'dead' | 'released'
      readonly sink: string
      readonly id: string
      readonly app: number
      readonly command: string
      /** Milliseconds since the Unix epoch. */
      readonly receivedAt: number
      readonly attempt: number
      /** How long the attempt took. */
      readonly ms: number
      readonly error?: string
      readonly retryInMs?: number
      /** Where the hook of a plugin threw; absent for other errors. */
      readonly stack?: string
    }
  /** The health of a sink changed. `retryInMs`: the milliseconds until the next attempt, while the circuit breaker is open. */
  | {
      readonly type: 'sink'
      readonly sink: string
      readonly health: SinkHealth
      readonly retryInMs?: number
      readonly error?: string
    }

/** The telemetry events of one type. */
export type TelemetryEventOf<Type extends TelemetryEvent['type']> = Extract<TelemetryEvent, { readonly type: Type }>

/** Receives a telemetry event. It must return quickly. */
export type Emit = (event: TelemetryEvent) => void
