import { JournalError } from '../journal/journal.ts'
import type { SinkHealth, Tell } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { Attempted, OpenedSink } from './attempt.ts'
import { createBreaker } from './circuit-breaker.ts'

/** How one sink is doing. */
export interface SinkState {
  readonly name: string
  readonly kind: string
  readonly is: SinkHealth
  /** Why it is not well. */
  readonly why?: string
  /** Milliseconds until the next attempt is made, while it rests. */
  readonly after?: number
  readonly inFlight: number
}

/** Knows how one sink is doing, from how its attempts end, and tells when that changes. */
export interface Health {
  /** How many attempts may start while so many are in flight. */
  readonly room: (inFlight: number) => number
  /** Milliseconds until attempts may start again; 0 when they may. */
  readonly rest: () => number
  /** An attempt to deliver this event has ended so. */
  readonly ended: (event: string, attempted: Attempted) => void
  /** The journal hands out or settles nothing, for this reason; undefined: it does. */
  readonly journal: (error: unknown) => void
  /** Time has passed. */
  readonly look: () => void
  /** Ends a pause, or a rest. */
  readonly resume: () => void
  readonly state: (inFlight: number) => SinkState
}

/** A sink that is well, as far as anybody knows. */
export const createHealth = (sink: OpenedSink, clock: Clock, tell: Tell): Health => {
  const breaker = createBreaker(sink.concurrency)
  let paused = false
  /** What the sink failed with last. */
  let complaint: string | undefined
  /** Why the journal hands out or settles nothing. */
  let trouble: string | undefined
  let told: SinkHealth = 'well'

  const rest = () => breaker.rest(clock.elapsed())

  const is = (): SinkHealth => {
    if (trouble !== undefined) return 'stalled'
    if (paused) return 'paused'
    if (rest() > 0) return 'resting'
    return breaker.state(clock.elapsed()) === 'half-open' ? 'probing' : 'well'
  }

  /** While it is not well: why, and for how long it rests. */
  const details = (now: SinkHealth): { readonly why?: string; readonly after?: number } => {
    const why = now === 'well' ? undefined : (trouble ?? complaint)
    return { ...(why !== undefined && { why }), ...(now === 'resting' && { after: rest() }) }
  }

  const look = () => {
    const now = is()
    if (now === told) return
    told = now
    const { why, ...after } = details(now)
    tell({ type: 'sink', sink: sink.name, is: now, ...after, ...(why !== undefined && { error: why }) })
  }

  return {
    room: (inFlight) => (paused ? 0 : Math.min(sink.concurrency - inFlight, breaker.room(inFlight, clock.elapsed()))),
    rest,
    ended: (event, { outcome, sink: found, hold, pause }) => {
      const now = clock.elapsed()
      if (found === 'well') breaker.succeeded(now)
      if (found === 'sick') breaker.failed(event, now)
      if (hold !== undefined) breaker.hold(hold, now)
      if (pause) paused = true
      if ('error' in outcome) complaint = outcome.error
    },
    journal: (error) => {
      trouble = error === undefined ? undefined : error instanceof Error ? error.message : String(error)
      if (error instanceof JournalError && error.why === 'corrupt') tell({ type: 'journal', why: error.why, error: error.message })
    },
    look,
    resume: () => {
      paused = false
      breaker.probe(clock.elapsed())
    },
    state: (inFlight) => {
      const now = is()
      return { name: sink.name, kind: sink.kind, is: now, ...details(now), inFlight }
    },
  }
}
