import { isLeft, right } from 'fp-ts/lib/Either.js'
import { retryDelay } from '../codec/retry-schedule.ts'
import { writeDuration } from '../codec/units.ts'
import type { Claim, Outcome } from '../journal/journal.ts'
import { HookError } from '../plugin/hook.ts'
import { GiveUp, RetryAfter } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
import { describeError, stackOf } from '../util/foreign-value.ts'
import { createTimeSlicer } from '../util/time-slice.ts'
import { runWatched } from '../util/watchdog-hook.ts'
import { type DecodedEvent, type DecodeStoredDeps, decodeStored } from './decode-stored.ts'
import type { RunningSink } from './open-sinks.ts'

/** The longest pause that a sink may ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** How long an interrupted write may go on. After that its slot is free again, although the sink has not stopped. */
const STOP_GRACE_MS = 1_000

/** How many attempts may be cut off by the end of the process beyond the schedule. Such an attempt counts, but nobody sees its result. */
const MAX_CUT_OFF_ATTEMPTS = 3

/** A sink must throw these. One that returns them does not mean that the event is delivered. */
const isRefusal = (value: unknown): value is GiveUp | RetryAfter => value instanceof GiveUp || value instanceof RetryAfter

/** Returns the pause that a sink asked for. In JavaScript it may be no number. */
const pauseOf = (error: unknown): number => {
  const ms = error instanceof RetryAfter ? Number(error.retryInMs) : 0
  return ms > 0 ? Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS) : 0
}

/** The result of an attempt. `blame`: whose failure it was. `unknown`: the event's, its plugin's, or nobody's. */
export interface AttemptResult {
  readonly outcome: Outcome
  readonly blame: 'none' | 'sink' | 'unknown'
  /** The sink asked for a pause of this length. */
  readonly retryAfterMs?: number
  /** Where the hook of a plugin threw. */
  readonly stack?: string
}

/** An attempt in flight. */
export interface RunningAttempt {
  /** Resolves with the result. It never rejects. */
  readonly result: Promise<AttemptResult>
  /** Interrupts the attempt. Its outcome is then `released`: it does not count. */
  readonly stop: (reason: Error) => void
}

/**
 * Starts an attempt to deliver a claimed delivery. `othersWait` is called before the write. `decoded` is the event as it was decoded for its
 * answer, if it is at hand.
 */
export type StartAttempt = (claim: Claim, othersWait: () => boolean, decoded?: DecodedEvent) => RunningAttempt

interface AttemptDeps extends DecodeStoredDeps {
  readonly clock: Clock
  /** Returns 0 to 1, for the jitter of retries. */
  readonly random: () => number
}

/** Makes attempts to deliver to a sink. */
export const createAttempts = ({ clock, random, ...decodeDeps }: AttemptDeps) => {
  // Many large bodies may be due at once. Decoding them in one go would delay the answers.
  const slicer = createTimeSlicer(clock)

  return (sink: RunningSink): StartAttempt => {
    const failed = (claim: Claim, error: unknown): AttemptResult => {
      const message = describeError(error)
      if (error instanceof GiveUp)
        return { outcome: { type: 'dead', error: message, ...(error.pause && { pause: true }) }, blame: 'unknown' }
      const retryAfterMs = pauseOf(error)
      const delay = retryDelay(sink.schedule, claim.attempt, random())
      const outcome: Outcome =
        delay === undefined ? { type: 'dead', error: message } : { type: 'retry', retryInMs: Math.max(delay, retryAfterMs), error: message }
      if (!(error instanceof HookError)) return { outcome, blame: 'sink', ...(retryAfterMs > 0 && { retryAfterMs }) }
      // The sink works: a plugin that fails must not open its circuit breaker.
      const stack = stackOf(error.cause)
      return { outcome, blame: 'unknown', ...(stack !== undefined && { stack }) }
    }

    return (claim, othersWait, alreadyDecoded) => {
      const abort = new AbortController()
      let isStopped = false
      let isTimedOut = false
      let abandon = (_reason: Error) => {}
      let cancelTimer = () => {}

      const interrupt = (reason: Error) => {
        cancelTimer()
        abort.abort(reason)
        cancelTimer = clock.after(STOP_GRACE_MS, () => abandon(reason))
      }

      /** Settles with the write, or soon after an interruption. */
      const write = ({ event, decodedBody }: DecodedEvent): Promise<void> =>
        new Promise((resolve, reject) => {
          abandon = reject
          const { watchdog } = decodeDeps
          const payload = decodedBody && runWatched(watchdog, 'plugin', event.command, () => decodedBody.payloadFor(sink.kind, event))
          const { attempt } = claim
          const delivery = { event, ...(payload !== undefined && { payload }), sink: sink.name, attempt, othersWait: othersWait() }
          // An error that `write` throws at once rejects this promise, too.
          const written = runWatched(watchdog, 'sink', sink.name, () => sink.writer.write(delivery, abort.signal))
          Promise.resolve(written).then((result: unknown) => (isRefusal(result) ? reject(result) : resolve()), reject)
        })

      const run = async (): Promise<AttemptResult> => {
        // An event whose hook or sink ends the process would end it again after each restart.
        if (claim.attempt > sink.schedule.length + 1 + MAX_CUT_OFF_ATTEMPTS)
          return { outcome: { type: 'dead', error: 'the process ended during each of its last attempts' }, blame: 'unknown' }
        try {
          const decoded = alreadyDecoded ? right(alreadyDecoded) : await slicer.run(() => decodeStored(claim.event, decodeDeps))
          if (isLeft(decoded)) return { outcome: { type: 'dead', error: decoded.left }, blame: 'unknown' }
          abort.signal.throwIfAborted()
          cancelTimer = clock.after(sink.timeoutMs, () => {
            isTimedOut = true
            interrupt(new Error(`no answer within ${writeDuration(sink.timeoutMs)}`))
          })
          await write(decoded.right)
          return { outcome: { type: 'delivered' }, blame: 'none' }
        } catch (error) {
          if (isStopped && !isTimedOut) return { outcome: { type: 'released' }, blame: 'unknown' }
          return failed(claim, isTimedOut ? abort.signal.reason : error)
        } finally {
          cancelTimer()
        }
      }

      return {
        result: run(),
        stop: (reason) => {
          isStopped = true
          if (!isTimedOut) interrupt(reason)
        },
      }
    }
  }
}
