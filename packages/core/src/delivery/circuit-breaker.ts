/** After so many failures in a row, of so many different events, a sink is left alone. */
const CONSECUTIVE_FAILURES = 5
const DISTINCT_EVENTS = 3
/** And after this share of failures among at least so many attempts of the last minute. */
const FAILURE_RATIO = 0.5
const MIN_SAMPLES = 10
const WINDOW_SECONDS = 60
/** How long it is left alone, in milliseconds: at first, and at most. */
const INITIAL_COOLDOWN_MS = 30_000
const MAX_COOLDOWN_MS = 300_000

/** `closed`: attempts are made. `open`: none is. `half-open`: one at a time, to see whether the sink is well again. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Keeps attempts away from a sick sink, and lets it recover without a stampede. `now` is in milliseconds and never goes back. */
export interface CircuitBreaker {
  readonly state: (now: number) => BreakerState
  /** How many attempts may start while so many are in flight. */
  readonly freeSlots: (inFlight: number, now: number) => number
  /** Milliseconds until attempts may start again; 0 when they may. */
  readonly cooldown: (now: number) => number
  /** An attempt was delivered. */
  readonly succeeded: (now: number) => void
  /** An attempt failed in a way that may be the sink's fault. */
  readonly failed: (event: string, now: number) => void
  /** The sink asked to be left alone for so long. */
  readonly holdOff: (ms: number, now: number) => void
  /** Somebody knows better: the next attempt may start now. */
  readonly probe: (now: number) => void
}

/** What happened in one second. */
interface Second {
  readonly at: number
  attempts: number
  failures: number
}

/** A breaker that is closed, for a sink that takes `concurrency` attempts at a time while it is well. */
export const createCircuitBreaker = (concurrency: number): CircuitBreaker => {
  // Set while the breaker is not closed: the moment from which a probe may start.
  let probeFrom: number | undefined
  let nextCooldown = INITIAL_COOLDOWN_MS
  let heldUntil = 0
  // After a sickness: doubles with each success.
  let allowed = concurrency
  let failuresInARow = 0
  let failing = new Set<string>()
  let seconds: Second[] = []

  const note = (failed: boolean, now: number) => {
    const at = Math.floor(now / 1_000)
    const last = seconds.at(-1)
    const second = last?.at === at ? last : { at, attempts: 0, failures: 0 }
    if (second !== last) seconds = [...seconds.filter((each) => each.at > at - WINDOW_SECONDS), second]
    second.attempts += 1
    if (failed) second.failures += 1
  }

  const isSick = (): boolean => {
    if (failuresInARow >= CONSECUTIVE_FAILURES && failing.size >= DISTINCT_EVENTS) return true
    const sum = (of: 'attempts' | 'failures') => seconds.reduce((total, second) => total + second[of], 0)
    return sum('attempts') >= MIN_SAMPLES && sum('failures') >= sum('attempts') * FAILURE_RATIO
  }

  const startOver = () => {
    failuresInARow = 0
    failing = new Set()
    seconds = []
  }

  const open = (now: number) => {
    probeFrom = now + nextCooldown
    nextCooldown = Math.min(nextCooldown * 2, MAX_COOLDOWN_MS)
    allowed = 1
    startOver()
  }

  const cooldown = (now: number): number => Math.max(0, (probeFrom ?? now) - now, heldUntil - now)
  const state = (now: number): BreakerState => {
    if (probeFrom === undefined) return 'closed'
    return cooldown(now) > 0 ? 'open' : 'half-open'
  }

  return {
    state,
    cooldown,
    freeSlots: (inFlight, now) => (cooldown(now) > 0 ? 0 : Math.max(0, allowed - inFlight)),
    succeeded: (now) => {
      // What was in flight when the breaker opened says nothing about how the sink is now.
      if (state(now) === 'open') return
      probeFrom = undefined
      allowed = Math.min(allowed * 2, concurrency)
      if (allowed === concurrency) nextCooldown = INITIAL_COOLDOWN_MS
      failuresInARow = 0
      failing.clear()
      note(false, now)
    },
    failed: (event, now) => {
      if (state(now) === 'open') return
      failuresInARow += 1
      failing.add(event)
      note(true, now)
      if (probeFrom !== undefined || isSick()) open(now)
    },
    holdOff: (ms, now) => {
      heldUntil = Math.max(heldUntil, now + ms)
    },
    probe: (now) => {
      heldUntil = now
      if (probeFrom !== undefined) probeFrom = Math.min(probeFrom, now)
    },
  }
}
