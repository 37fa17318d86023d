/** The time, so that tests can control it. All code that waits or reads the time takes a clock. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. It may jump. */
  readonly now: () => number
  /** Monotonic time in milliseconds. */
  readonly elapsed: () => number
  /** Runs `task` once, after `ms` milliseconds. Returns the function that cancels it. */
  readonly after: (ms: number, task: () => void) => () => void
}

// A longer setTimeout fires at once.
const MAX_TIMER_MS = 2 ** 31 - 1

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
