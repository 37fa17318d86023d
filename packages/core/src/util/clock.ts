/** Time, so that tests can hold it. Everything in Callboard that waits or asks for the time takes one of these. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. It may jump. */
  readonly now: () => number
  /** Milliseconds since some fixed moment. It never goes back. */
  readonly elapsed: () => number
  /** Runs `task` once, after `ms` milliseconds; the returned function cancels it. */
  readonly after: (ms: number, task: () => void) => () => void
}

// setTimeout takes at most 2^31 - 1 ms and fires at once beyond that.
const MAX_TIMER_MS = 2 ** 31 - 1

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
