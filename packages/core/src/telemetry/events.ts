import type { Fault } from '../fault.ts'
import type { JournalErrorCode } from '../journal/journal.ts'
import type { EventStatus } from '../plugin/event.ts'

/** Something that happened inside, told to whoever embeds Callboard: for counters, logs and tests. Holds no payload and no secret. */
export type TelemetryEvent =
  /** A request was answered. `fault` also where it was answered OK all the same. */
  | {
      readonly type: 'answered'
      readonly status: number
      /** Milliseconds from the head to the answer. */
      readonly ms: number
      readonly fault?: Fault
      readonly event?: {
        readonly id: string
        readonly app: number
        readonly command: string
        readonly status: EventStatus
        readonly duplicate: boolean
      }
      /** What in a decision could not be answered as it was given, or why the fallback was taken. */
      readonly warning?: string
    }
  /** A decision settled after the fallback had been answered. */
  | { readonly type: 'late-decision'; readonly command: string; readonly id: string }
  /** An event whose answer was 503 was stored after all. */
  | { readonly type: 'late-record'; readonly command: string; readonly id: string }
  /** The journal took a batch, in so many milliseconds. */
  | { readonly type: 'append'; readonly events: number; readonly ms: number }
  /** The journal began to fail, or works again (`why` is absent). */
  | { readonly type: 'journal'; readonly code?: JournalErrorCode; readonly error?: string }
  /** One attempt to deliver ended. `after`: milliseconds until the next one. */
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
      readonly ms: number
      readonly error?: string
      readonly retryInMs?: number
    }
  /**
   * How a sink is doing has changed. `resting`: its breaker opened, and no attempt is made for `after` milliseconds. `probing`: one
   * attempt at a time. `well`: all attempts. `paused`: none until somebody resumes it. `stalled`: the journal hands out or settles
   * nothing for it, for the reason in `error`.
   */
  | {
      readonly type: 'sink'
      readonly sink: string
      readonly health: SinkHealth
      readonly retryInMs?: number
      readonly error?: string
    }
/** How a sink is doing. */
export type SinkHealth = 'healthy' | 'open' | 'half-open' | 'paused' | 'stalled'

/** The signals of one type. */
export type TelemetryEventOf<Type extends TelemetryEvent['type']> = Extract<TelemetryEvent, { readonly type: Type }>

/** Takes a signal; must not take long. */
export type Emit = (signal: TelemetryEvent) => void
