import { readSafely } from './foreign-value.ts'

/** The time, so that tests can control it. All code that waits or reads the time takes a clock. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. It may jump. */
  readonly now: () => number
  /** Monotonic time in milliseconds. */
  readonly elapsed: () => number
  /** Runs `task` once, after `ms` milliseconds. Returns the function that cancels it. */
  readonly after: (ms: number, task: () => void) => () => void
}

/** Returns a clock that shows the same time and never throws. While the given clock fails, its time stands, and timers are those of the machine. */
export const createTolerantClock = (clock: Clock): Clock => {
  if (clock === systemClock) return clock
  const tolerant = (read: () => number): (() => number) => {
    let last = 0
    return () => {
      const time = readSafely(read, last)
      if (Number.isFinite(time)) last = time
      return last
    }
  }
  return {
    now: tolerant(() => clock.now()),
    elapsed: tolerant(() => clock.elapsed()),
    after: (ms, task) => {
      try {
        const cancel = clock.after(ms, task)
        return () => readSafely(cancel, undefined)
      } catch {
        return systemClock.after(ms, task)
      }
    },
  }
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
