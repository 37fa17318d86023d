/** After so many failures in a row, of so many different events, a sink is left alone. */
const IN_A_ROW = 5
const DIFFERENT = 3
/** And after this share of failures among at least so many attempts of the last minute. */
const TOO_MANY = 0.5
const ENOUGH = 10
const SECONDS = 60
/** How long it is left alone, in milliseconds: at first, and at most. */
const FIRST_REST = 30_000
const LONGEST_REST = 300_000

/** `closed`: attempts are made. `open`: none is. `half-open`: one at a time, to see whether the sink is well again. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Keeps attempts away from a sick sink, and lets it recover without a stampede. `now` is in milliseconds and never goes back. */
export interface Breaker {
  readonly state: (now: number) => BreakerState
  /** How many attempts may start while so many are in flight. */
  readonly room: (inFlight: number, now: number) => number
  /** Milliseconds until attempts may start again; 0 when they may. */
  readonly rest: (now: number) => number
  /** An attempt was delivered. */
  readonly succeeded: (now: number) => void
  /** An attempt failed in a way that may be the sink's fault. */
  readonly failed: (event: string, now: number) => void
  /** The sink asked to be left alone for so long. */
  readonly hold: (ms: number, now: number) => void
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
export const createBreaker = (concurrency: number): Breaker => {
  // Set while the breaker is not closed: the moment from which a probe may start.
  let probeFrom: number | undefined
  let nextRest = FIRST_REST
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
    if (second !== last) seconds = [...seconds.filter((each) => each.at > at - SECONDS), second]
    second.attempts += 1
    if (failed) second.failures += 1
  }

  const isSick = (): boolean => {
    if (failuresInARow >= IN_A_ROW && failing.size >= DIFFERENT) return true
    const sum = (of: 'attempts' | 'failures') => seconds.reduce((total, second) => total + second[of], 0)
    return sum('attempts') >= ENOUGH && sum('failures') >= sum('attempts') * TOO_MANY
  }

  const startOver = () => {
    failuresInARow = 0
    failing = new Set()
    seconds = []
  }

  const open = (now: number) => {
    probeFrom = now + nextRest
    nextRest = Math.min(nextRest * 2, LONGEST_REST)
    allowed = 1
    startOver()
  }

  const rest = (now: number): number => Math.max(0, (probeFrom ?? now) - now, heldUntil - now)
  const state = (now: number): BreakerState => {
    if (probeFrom === undefined) return 'closed'
    return rest(now) > 0 ? 'open' : 'half-open'
  }

  return {
    state,
    rest,
    room: (inFlight, now) => (rest(now) > 0 ? 0 : Math.max(0, allowed - inFlight)),
    succeeded: (now) => {
      // What was in flight when the breaker opened says nothing about how the sink is now.
      if (state(now) === 'open') return
      probeFrom = undefined
      allowed = Math.min(allowed * 2, concurrency)
      if (allowed === concurrency) nextRest = FIRST_REST
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
    hold: (ms, now) => {
      heldUntil = Math.max(heldUntil, now + ms)
    },
    probe: (now) => {
      heldUntil = now
      if (probeFrom !== undefined) probeFrom = Math.min(probeFrom, now)
    },
  }
}
