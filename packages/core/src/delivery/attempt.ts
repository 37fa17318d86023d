import { pauseAfter, type Schedule } from '../codec/retry-schedule.ts'
import type { Claim, Outcome } from '../journal/journal.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { Plugin } from '../plugin/plugin.ts'
import { GiveUp, type OpenSink, TryLater } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
import { createPortions } from '../util/time-slice.ts'
import { createDeadlines } from '../util/timers.ts'
import { type Watch, watched } from '../util/watchdog-hook.ts'
import { type Seen, see } from './decode-stored.ts'

/** A sink after it was opened, with what the configuration says about delivering to it. */
export interface OpenedSink {
  readonly name: string
  readonly kind: string
  readonly open: OpenSink
  readonly ordered: boolean
  readonly concurrency: number
  readonly timeout: number
  readonly schedule: Schedule
}

/** Longer than this a sink may not ask to be left alone. */
const LONGEST_TRY_LATER = 3_600_000
/** A sink that does not stop when it is told to is left behind after this, and its slot is free again. */
const TO_STOP = 1_000
const LONGEST_ERROR = 500

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error)).slice(0, LONGEST_ERROR)

/** How an attempt ended, and what that says about the sink: `unknown` where the event alone was to blame, or nobody. */
export interface Attempted {
  readonly outcome: Outcome
  readonly sink: 'well' | 'sick' | 'unknown'
  /** The sink asked to be left alone for so many milliseconds. */
  readonly hold?: number
  /** The sink is gone: nothing more is to be sent until an operator says so. */
  readonly pause?: boolean
}

/** An attempt under way. */
export interface Attempting {
  /** How it ends. Never rejects. */
  readonly ended: Promise<Attempted>
  /** Makes it end soon; one that is cut short in this way did not happen. */
  readonly stop: (reason: Error) => void
}

/** Makes attempts to deliver to one sink. `seen`: the event as it has been decoded already, for this attempt alone. */
export type Attempt = (claim: Claim, seen?: Seen) => Attempting

interface Workings {
  readonly limits: ScanLimits
  readonly clock: Clock
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number
  readonly watch: Watch
}

/** Attempts to deliver, as these plugins see what is delivered. */
export const attempts = (plugins: ReadonlyMap<string, Plugin>, { limits, clock, random, watch }: Workings) => {
  // Hundreds of large bodies may be due at once, and decoding them would hold up the answers.
  const portions = createPortions(clock)

  return (sink: OpenedSink): Attempt => {
    const timeouts = createDeadlines(clock)

    const failed = (claim: Claim, error: unknown): Attempted => {
      const words = wordsOf(error)
      if (error instanceof GiveUp) return { outcome: { as: 'dead', error: words }, sink: 'unknown', ...(error.pause && { pause: true }) }
      const hold = error instanceof TryLater ? Math.min(error.after, LONGEST_TRY_LATER) : 0
      const pause = pauseAfter(sink.schedule, claim.attempt, random())
      const outcome: Outcome =
        pause === undefined ? { as: 'dead', error: words } : { as: 'retry', after: Math.max(pause, hold), error: words }
      return { outcome, sink: 'sick', ...(hold > 0 && { hold }) }
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
        cancel = clock.after(TO_STOP, () => giveUpOn(reason))
      }

      /** Settles with the write, or soon after an interruption, whether the sink stops or not. */
      const write = ({ event, understood }: Seen): Promise<void> =>
        new Promise((resolve, reject) => {
          giveUpOn = reject
          const content = understood && watched(watch, 'plugin', event.command, () => understood.show(sink.kind, event))
          const delivery = { event, ...(content !== undefined && { content }), sink: sink.name, attempt: claim.attempt }
          // What it throws at once rejects, too.
          const written = watched(watch, 'sink', sink.name, () => sink.open.write(delivery, abort.signal))
          Promise.resolve(written).then(() => resolve(), reject)
        })

      const run = async (): Promise<Attempted> => {
        try {
          const seen = seenBefore ?? (await portions.run(() => see(claim.event, plugins, limits, watch)))
          if (seen === 'undecodable') return { outcome: { as: 'dead', error: seen }, sink: 'unknown' }
          abort.signal.throwIfAborted()
          cancel = timeouts.at(clock.elapsed() + sink.timeout, () => {
            timedOut = true
            interrupt(new Error(`no answer within ${sink.timeout} ms`))
          })
          await write(seen)
          return { outcome: { as: 'delivered' }, sink: 'well' }
        } catch (error) {
          if (stopped && !timedOut) return { outcome: { as: 'released' }, sink: 'unknown' }
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
