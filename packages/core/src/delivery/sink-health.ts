import { JournalError, type SinkPause } from '../journal/journal.ts'
import type { Emit, SinkHealth } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { describeError } from '../util/foreign-value.ts'
import type { AttemptResult } from './attempt.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import type { RunningSink } from './open-sinks.ts'

/** The state of one sink. */
export interface SinkState {
  readonly name: string
  readonly kind: string
  readonly health: SinkHealth
  /** The last error of the sink or the journal, unless the sink is healthy. */
  readonly reason?: string
  /** Milliseconds until the next attempt, while the circuit breaker is open. */
  readonly retryInMs?: number
  /** When the sink was paused, in milliseconds since the Unix epoch. Present while it is paused. */
  readonly pausedSince?: number
  /** How many attempts are running. */
  readonly inFlight: number
}

/** Tracks the health of one sink and emits its changes. */
export interface SinkHealthTracker {
  /** Returns how many attempts may start while `inFlight` are running. */
  readonly freeSlots: (inFlight: number) => number
  /** Returns the milliseconds until attempts may start; 0 when they may start now. */
  readonly cooldown: () => number
  /** Records the result of an attempt. */
  readonly recordAttempt: (eventId: string, result: AttemptResult) => void
  /** Records an error of the journal, or undefined when it works. */
  readonly recordJournal: (error: unknown) => void
  /** Emits the health if it changed, also through the passing of time. */
  readonly emitChange: () => void
  readonly isPaused: () => boolean
  /** Takes over the pause that the journal has stored, or its end. */
  readonly setPause: (pause: SinkPause | undefined) => void
  /** Ends a pause or a cooldown. */
  readonly resume: () => void
  readonly state: (inFlight: number) => SinkState
}

/** Creates the tracker of a healthy sink. */
export const createSinkHealth = (sink: RunningSink, clock: Clock, emit: Emit): SinkHealthTracker => {
  const breaker = createCircuitBreaker(sink.concurrency)
  let pause: SinkPause | undefined
  let sinkError: string | undefined
  let journalError: string | undefined
  let emitted: SinkHealth = 'healthy'

  const cooldown = () => breaker.cooldown(clock.elapsed())

  const currentHealth = (): SinkHealth => {
    if (journalError !== undefined) return 'stalled'
    if (pause) return 'paused'
    if (cooldown() > 0) return 'open'
    return breaker.state(clock.elapsed()) === 'half-open' ? 'half-open' : 'healthy'
  }

  const describe = (health: SinkHealth): Pick<SinkState, 'health' | 'reason' | 'retryInMs' | 'pausedSince'> => {
    const reason = health === 'healthy' ? undefined : (journalError ?? pause?.reason ?? sinkError)
    return {
      health,
      ...(reason !== undefined && { reason }),
      ...(health === 'open' && { retryInMs: Math.ceil(cooldown()) }),
      ...(pause && { pausedSince: pause.since }),
    }
  }

  return {
    freeSlots: (inFlight) => (pause ? 0 : Math.min(sink.concurrency - inFlight, breaker.freeSlots(inFlight, clock.elapsed()))),
    cooldown,
    recordAttempt: (eventId, { outcome, blame, retryAfterMs }) => {
      const now = clock.elapsed()
      if (blame === 'none') breaker.succeeded(now)
      if (blame === 'sink') breaker.failed(eventId, now)
      if (retryAfterMs !== undefined) breaker.holdOff(retryAfterMs, now)
      if (outcome.type === 'dead' && outcome.pause) pause ??= { since: clock.now(), reason: outcome.error }
      if ('error' in outcome) sinkError = outcome.error
    },
    recordJournal: (error) => {
      journalError = error === undefined ? undefined : describeError(error)
      if (error instanceof JournalError && error.code === 'corrupt') emit({ type: 'journal', code: error.code, error: error.message })
    },
    emitChange: () => {
      const health = currentHealth()
      if (health === emitted) return
      emitted = health
      const { reason, pausedSince: _, ...change } = describe(health)
      emit({ type: 'sink', sink: sink.name, ...change, ...(reason !== undefined && { error: reason }) })
    },
    isPaused: () => pause !== undefined,
    setPause: (stored) => {
      pause = stored
    },
    resume: () => {
      pause = undefined
      breaker.probe(clock.elapsed())
    },
    state: (inFlight) => ({ name: sink.name, kind: sink.kind, ...describe(currentHealth()), inFlight }),
  }
}
