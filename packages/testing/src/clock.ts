import type { Clock } from '@callboard/core'

/** A clock that moves only when a test moves it. */
export interface ManualClock extends Clock {
  /** Advances time by `ms`. Runs due timers in order and lets promises settle in between. */
  readonly advance: (ms: number) => Promise<void>
  /**
   * Advances time to the next timer, at most by `ms`, and runs the due timers. Resolves with the advanced milliseconds. For tests that
   * let real sockets catch up between timers.
   */
  readonly step: (ms: number) => Promise<number>
  /** Changes the wall clock only, as an operator or NTP does. Timers are not affected. */
  readonly jump: (ms: number) => void
  /** Returns the number of pending timers. A forgotten timer keeps a real process alive. */
  readonly timers: () => number
}

interface Timer {
  readonly at: number
  readonly task: () => void
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Waits until `condition` is true. It lets the event loop turn between two checks. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn()
}

/** Creates a clock for tests. `start` is its time in milliseconds since the Unix epoch. */
export const manualClock = (start: number = Date.UTC(2026, 0, 1)): ManualClock => {
  let elapsed = 0
  let wall = start
  const timers = new Set<Timer>()
  const nextDue = (end: number): Timer | undefined => [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  const advance = async (ms: number) => {
    const end = elapsed + ms
    await turn()
    for (let due = nextDue(end); due; due = nextDue(end)) {
      timers.delete(due)
      elapsed = Math.max(elapsed, due.at)
      due.task()
      await turn()
    }
    elapsed = end
    await turn()
  }
  return {
    now: () => wall + elapsed,
    elapsed: () => elapsed,
    after: (ms, task) => {
      const timer = { at: elapsed + Math.max(ms, 0), task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance,
    step: async (ms) => {
      const moved = Math.min(ms, Math.max(0, (nextDue(elapsed + ms)?.at ?? elapsed + ms) - elapsed))
      await advance(moved)
      return moved
    },
    jump: (ms) => {
      wall += ms
    },
    timers: () => timers.size,
  }
}
