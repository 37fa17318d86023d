import { type RetrySchedule, retryDelay } from '../codec/retry-schedule.ts'
import type { Claim, Outcome } from '../journal/journal.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { Plugin } from '../plugin/plugin.ts'
import { GiveUp, RetryAfter, type SinkWriter } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
import { createTimeSlicer } from '../util/time-slice.ts'
import { createDeadlines } from '../util/timers.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'
import { type DecodedEvent, decodeStored } from './decode-stored.ts'

/** A sink after it was opened, with what the configuration says about delivering to it. */
export interface RunningSink {
  readonly name: string
  readonly kind: string
  readonly open: SinkWriter
  readonly ordered: boolean
  readonly concurrency: number
  readonly timeoutMs: number
  readonly schedule: RetrySchedule
}

/** Longer than this a sink may not ask to be left alone. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** A sink that does not stop when it is told to is left behind after this, and its slot is free again. */
const STOP_GRACE_MS = 1_000
const MAX_ERROR_LENGTH = 500

const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).slice(0, MAX_ERROR_LENGTH)

/** How an attempt ended, and what that says about the sink: `unknown` where the event alone was to blame, or nobody. */
export interface AttemptResult {
  readonly outcome: Outcome
  readonly blame: 'none' | 'sink' | 'unknown'
  /** The sink asked to be left alone for so many milliseconds. */
  readonly retryAfterMs?: number
  /** The sink is gone: nothing more is to be sent until an operator says so. */
  readonly pause?: boolean
}

/** An attempt under way. */
export interface RunningAttempt {
  /** How it ends. Never rejects. */
  readonly ended: Promise<AttemptResult>
  /** Makes it end soon; one that is cut short in this way did not happen. */
  readonly stop: (reason: Error) => void
}

/** Makes attempts to deliver to one sink. `seen`: the event as it has been decoded already, for this attempt alone. */
export type Attempt = (claim: Claim, seen?: DecodedEvent) => RunningAttempt

interface Workings {
  readonly limits: ScanLimits
  readonly clock: Clock
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number
  readonly watch: WatchdogHook
}

/** Attempts to deliver, as these plugins see what is delivered. */
export const attempts = (plugins: ReadonlyMap<string, Plugin>, { limits, clock, random, watch }: Workings) => {
  // Hundreds of large bodies may be due at once, and decoding them would hold up the answers.
  const portions = createTimeSlicer(clock)

  return (sink: RunningSink): Attempt => {
    const timeouts = createDeadlines(clock)

    const failed = (claim: Claim, error: unknown): AttemptResult => {
      const words = wordsOf(error)
      if (error instanceof GiveUp) return { outcome: { type: 'dead', error: words }, blame: 'unknown', ...(error.pause && { pause: true }) }
      const hold = error instanceof RetryAfter ? Math.min(error.retryInMs, MAX_RETRY_AFTER_MS) : 0
      const pause = retryDelay(sink.schedule, claim.attempt, random())
      const outcome: Outcome =
        pause === undefined ? { type: 'dead', error: words } : { type: 'retry', retryInMs: Math.max(pause, hold), error: words }
      return { outcome, blame: 'sink', ...(hold > 0 && { retryAfterMs: hold }) }
    }

    return (claim, seenBefore) => {
      const abort = new AbortController()
      let stopped = false
      let timedOut = false
      let giveUpOn = (_reason: Error) => {}
      let cancel = () => {}

      const interrupt = (reason: Error) => {
        cancel()
        abort.abort(reason)
        cancel = clock.after(STOP_GRACE_MS, () => giveUpOn(reason))
      }

      /** Settles with the write, or soon after an interruption, whether the sink stops or not. */
      const write = ({ event, decoded }: DecodedEvent): Promise<void> =>
        new Promise((resolve, reject) => {
          giveUpOn = reject
          const payload = decoded && runWatched(watch, 'plugin', event.command, () => decoded.payloadFor(sink.kind, event))
          const delivery = { event, ...(payload !== undefined && { payload }), sink: sink.name, attempt: claim.attempt }
          // What it throws at once rejects, too.
          const written = runWatched(watch, 'sink', sink.name, () => sink.open.write(delivery, abort.signal))
          Promise.resolve(written).then(() => resolve(), reject)
        })

      const run = async (): Promise<AttemptResult> => {
        try {
          const seen = seenBefore ?? (await portions.run(() => decodeStored(claim.event, plugins, limits, watch)))
          if (seen === 'undecodable') return { outcome: { type: 'dead', error: seen }, blame: 'unknown' }
          abort.signal.throwIfAborted()
          cancel = timeouts.at(clock.elapsed() + sink.timeoutMs, () => {
            timedOut = true
            interrupt(new Error(`no answer within ${sink.timeoutMs} ms`))
          })
          await write(seen)
          return { outcome: { type: 'delivered' }, blame: 'none' }
        } catch (error) {
          if (stopped && !timedOut) return { outcome: { type: 'released' }, blame: 'unknown' }
          return failed(claim, timedOut ? abort.signal.reason : error)
        } finally {
          cancel()
        }
      }

      return {
        ended: run(),
        stop: (reason) => {
          stopped = true
          if (!timedOut) interrupt(reason)
        },
      }
    }
  }
}
