import type { Clock } from '../clock.ts'
import type { SinkEvent } from '../event.ts'
import type { Claim, Outcome, StoredEvent } from '../journal.ts'
import { parse } from '../parse.ts'
import type { Plugin } from '../plugin.ts'
import { createPortions } from '../portions.ts'
import type { ScanLimits } from '../scan.ts'
import { pauseAfter, type Schedule } from '../schedule.ts'
import { GiveUp, type OpenSink, TryLater } from '../sink.ts'

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

type Viewed = { readonly event: SinkEvent; readonly content?: unknown }

/** The event as today's plugins see it. The bytes are the record; the body is a view. */
const view = (stored: StoredEvent, kind: string, plugins: ReadonlyMap<string, Plugin>, limits: ScanLimits): Viewed | 'undecodable' => {
  const { decision: _, reasons: __, ...common } = stored
  const json = parse(stored.raw, limits)
  if (json._tag === 'Left') return 'undecodable'
  const plugin = plugins.get(stored.command)
  if (!plugin) return { event: { ...common, status: 'unknown', body: json.right } }
  const seen = plugin.read(json.right)
  if ('reasons' in seen) return 'undecodable'
  const event: SinkEvent = { ...common, status: 'accepted', body: seen.body }
  const content = seen.show(kind, event)
  return { event, ...(content !== undefined && { content }) }
}

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

/** Makes one attempt to deliver and says how it ended. Never rejects. */
export const attempt = (plugins: ReadonlyMap<string, Plugin>, limits: ScanLimits, clock: Clock, random: () => number) => {
  // Hundreds of large bodies may be due at once, and decoding them would hold up the answers.
  const portions = createPortions(clock)
  const failed = (sink: OpenedSink, claim: Claim, error: unknown): Attempted => {
    const words = wordsOf(error)
    if (error instanceof GiveUp) return { outcome: { as: 'dead', error: words }, sink: 'unknown', ...(error.pause && { pause: true }) }
    const hold = error instanceof TryLater ? Math.min(error.after, LONGEST_TRY_LATER) : 0
    const pause = pauseAfter(sink.schedule, claim.attempt, random())
    const outcome: Outcome =
      pause === undefined ? { as: 'dead', error: words } : { as: 'retry', after: Math.max(pause, hold), error: words }
    return { outcome, sink: 'sick', ...(hold > 0 && { hold }) }
  }

  /** Settles with the write, or soon after `signal` aborts, whether the sink stops or not. */
  const write = (sink: OpenedSink, viewed: Viewed, claim: Claim, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => clock.after(TO_STOP, () => reject(signal.reason)), { once: true })
      const writing = async () => sink.open.write({ ...viewed, sink: sink.name, attempt: claim.attempt }, signal)
      writing().then(() => resolve(), reject)
    })

  return async (sink: OpenedSink, claim: Claim, stop: AbortSignal): Promise<Attempted> => {
    const timeout = new AbortController()
    let cancel = () => {}
    try {
      const viewed = await portions.run(() => view(claim.event, sink.kind, plugins, limits))
      if (viewed === 'undecodable') return { outcome: { as: 'dead', error: viewed }, sink: 'unknown' }
      stop.throwIfAborted()
      cancel = clock.after(sink.timeout, () => timeout.abort(new Error(`no answer within ${sink.timeout} ms`)))
      await write(sink, viewed, claim, AbortSignal.any([timeout.signal, stop]))
      return { outcome: { as: 'delivered' }, sink: 'well' }
    } catch (error) {
      if (stop.aborted && !timeout.signal.aborted) return { outcome: { as: 'released' }, sink: 'unknown' }
      return failed(sink, claim, timeout.signal.aborted ? timeout.signal.reason : error)
    } finally {
      cancel()
    }
  }
}
export type Attempt = ReturnType<typeof attempt>
