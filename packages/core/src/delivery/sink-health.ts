import { JournalError } from '../journal/journal.ts'
import type { Emit, SinkHealth } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { AttemptResult, RunningSink } from './attempt.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'

/** How one sink is doing. */
export interface SinkState {
  readonly name: string
  readonly kind: string
  readonly health: SinkHealth
  /** Why it is not well. */
  readonly reason?: string
  /** Milliseconds until the next attempt is made, while it rests. */
  readonly retryInMs?: number
  readonly inFlight: number
}

/** Knows how one sink is doing, from how its attempts end, and tells when that changes. */
export interface SinkHealthTracker {
  /** How many attempts may start while so many are in flight. */
  readonly freeSlots: (inFlight: number) => number
  /** Milliseconds until attempts may start again; 0 when they may. */
  readonly cooldown: () => number
  /** An attempt to deliver this event has ended so. */
  readonly ended: (event: string, attempted: AttemptResult) => void
  /** The journal hands out or settles nothing, for this reason; undefined: it does. */
  readonly journal: (error: unknown) => void
  /** Time has passed. */
  readonly emitChange: () => void
  /** Ends a pause, or a rest. */
  readonly resume: () => void
  readonly state: (inFlight: number) => SinkState
}

/** A sink that is well, as far as anybody knows. */
export const createSinkHealth = (sink: RunningSink, clock: Clock, tell: Emit): SinkHealthTracker => {
  const breaker = createCircuitBreaker(sink.concurrency)
  let paused = false
  /** What the sink failed with last. */
  let complaint: string | undefined
  /** Why the journal hands out or settles nothing. */
  let trouble: string | undefined
  let told: SinkHealth = 'healthy'

  const cooldown = () => breaker.cooldown(clock.elapsed())

  const is = (): SinkHealth => {
    if (trouble !== undefined) return 'stalled'
    if (paused) return 'paused'
    if (cooldown() > 0) return 'open'
    return breaker.state(clock.elapsed()) === 'half-open' ? 'half-open' : 'healthy'
  }

  /** While it is not well: why, and for how long it rests. */
  const details = (now: SinkHealth): { readonly reason?: string; readonly retryInMs?: number } => {
    const reason = now === 'healthy' ? undefined : (trouble ?? complaint)
    return { ...(reason !== undefined && { reason }), ...(now === 'open' && { retryInMs: cooldown() }) }
  }

  const emitChange = () => {
    const now = is()
    if (now === told) return
    told = now
    const { reason, ...retry } = details(now)
    tell({ type: 'sink', sink: sink.name, health: now, ...retry, ...(reason !== undefined && { error: reason }) })
  }

  return {
    freeSlots: (inFlight) => (paused ? 0 : Math.min(sink.concurrency - inFlight, breaker.freeSlots(inFlight, clock.elapsed()))),
    cooldown,
    ended: (event, { outcome, blame, retryAfterMs, pause }) => {
      const now = clock.elapsed()
      if (blame === 'none') breaker.succeeded(now)
      if (blame === 'sink') breaker.failed(event, now)
      if (retryAfterMs !== undefined) breaker.holdOff(retryAfterMs, now)
      if (pause) paused = true
      if ('error' in outcome) complaint = outcome.error
    },
    journal: (error) => {
      trouble = error === undefined ? undefined : error instanceof Error ? error.message : String(error)
      if (error instanceof JournalError && error.code === 'corrupt') tell({ type: 'journal', code: error.code, error: error.message })
    },
    emitChange,
    resume: () => {
      paused = false
      breaker.probe(clock.elapsed())
    },
    state: (inFlight) => {
      const now = is()
      return { name: sink.name, kind: sink.kind, health: now, ...details(now), inFlight }
    },
  }
}
