/** The breaker opens after this many failures in a row ... */
const CONSECUTIVE_FAILURES = 5
/** ... of at least this many different events. */
const DISTINCT_EVENTS = 3
/** It also opens at this share of failures in the window ... */
const FAILURE_RATIO = 0.5
/** ... of at least this many attempts. */
const MIN_SAMPLES = 10
const WINDOW_SECONDS = 60
/** The first and the longest cooldown. The cooldown doubles each time the breaker opens again. */
const INITIAL_COOLDOWN_MS = 30_000
const MAX_COOLDOWN_MS = 300_000

/** `closed`: attempts are made. `open`: none is made. `half-open`: single attempts probe whether the sink works again. */
export type CircuitBreakerState = 'closed' | 'open' | 'half-open'

/** Stops attempts to a failing sink and lets it recover slowly. `now` is a monotonic time in milliseconds. */
export interface CircuitBreaker {
  readonly state: (now: number) => CircuitBreakerState
  /** Returns how many attempts may start while `inFlight` are running. */
  readonly freeSlots: (inFlight: number, now: number) => number
  /** Returns the milliseconds until attempts may start; 0 when they may start now. */
  readonly cooldown: (now: number) => number
  /** Records a delivered attempt. */
  readonly succeeded: (now: number) => void
  /** Records a failed attempt for which the sink may be to blame. */
  readonly failed: (eventId: string, now: number) => void
  /** Pauses attempts for `ms`, as the sink asked. */
  readonly holdOff: (ms: number, now: number) => void
  /** Ends the cooldown: the next attempt may start now. */
  readonly probe: (now: number) => void
}

/** The attempts of one second. */
interface Sample {
  readonly second: number
  attempts: number
  failures: number
}

/** Creates a closed breaker for a sink that accepts `concurrency` attempts at a time. */
export const createCircuitBreaker = (concurrency: number): CircuitBreaker => {
  // Set while the breaker is not closed.
  let probeFrom: number | undefined
  let nextCooldown = INITIAL_COOLDOWN_MS
  let heldOffUntil = 0
  // After a failure: one at first, doubled with each success.
  let allowed = concurrency
  let consecutiveFailures = 0
  let failedEvents = new Set<string>()
  let samples: Sample[] = []

  const addSample = (isFailure: boolean, now: number) => {
    const second = Math.floor(now / 1_000)
    const last = samples.at(-1)
    const sample = last?.second === second ? last : { second, attempts: 0, failures: 0 }
    if (sample !== last) samples = [...samples.filter((each) => each.second > second - WINDOW_SECONDS), sample]
    sample.attempts += 1
    if (isFailure) sample.failures += 1
  }

  const shouldOpen = (): boolean => {
    if (consecutiveFailures >= CONSECUTIVE_FAILURES && failedEvents.size >= DISTINCT_EVENTS) return true
    const sum = (field: 'attempts' | 'failures') => samples.reduce((total, sample) => total + sample[field], 0)
    return sum('attempts') >= MIN_SAMPLES && sum('failures') >= sum('attempts') * FAILURE_RATIO
  }

  const open = (now: number) => {
    probeFrom = now + nextCooldown
    nextCooldown = Math.min(nextCooldown * 2, MAX_COOLDOWN_MS)
    allowed = 1
    consecutiveFailures = 0
    failedEvents = new Set()
    samples = []
  }

  const cooldown = (now: number): number => Math.max(0, (probeFrom ?? now) - now, heldOffUntil - now)
  const state = (now: number): CircuitBreakerState => {
    if (probeFrom === undefined) return 'closed'
    return cooldown(now) > 0 ? 'open' : 'half-open'
  }

  return {
    state,
    cooldown,
    freeSlots: (inFlight, now) => (cooldown(now) > 0 ? 0 : Math.max(0, allowed - inFlight)),
    succeeded: (now) => {
      // An attempt that was in flight when the breaker opened says nothing about the sink now.
      if (state(now) === 'open') return
      probeFrom = undefined
      allowed = Math.min(allowed * 2, concurrency)
      if (allowed === concurrency) nextCooldown = INITIAL_COOLDOWN_MS
      consecutiveFailures = 0
      failedEvents.clear()
      addSample(false, now)
    },
    failed: (eventId, now) => {
      if (state(now) === 'open') return
      consecutiveFailures += 1
      failedEvents.add(eventId)
      addSample(true, now)
      if (probeFrom !== undefined || shouldOpen()) open(now)
    },
    holdOff: (ms, now) => {
      heldOffUntil = Math.max(heldOffUntil, now + ms)
    },
    probe: (now) => {
      heldOffUntil = now
      if (probeFrom !== undefined) probeFrom = Math.min(probeFrom, now)
    },
  }
}
