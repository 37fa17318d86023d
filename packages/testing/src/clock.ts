import type { Clock } from '@callboard/core'

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms`, running what falls due in order, and lets promises settle in between. */
  readonly advance: (ms: number) => Promise<void>
  /**
   * Moves time on to the next timer, at most by `ms`, runs what falls due then, and gives by how much: for tests that let real
   * sockets catch up between timers.
   */
  readonly step: (ms: number) => Promise<number>
  /** Moves the wall clock only, as an operator or NTP does; timers do not notice. */
  readonly jump: (ms: number) => void
  /** How many timers are set: one that is left behind keeps a real process alive. */
  readonly timers: () => number
}

interface Timer {
  readonly at: number
  readonly task: () => void
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the event loop turn until something has happened: for tests that must know that a request has got so far. */
export const until = async (happened: () => boolean): Promise<void> => {
  while (!happened()) await turn()
}

/** Time for tests: starts at `start` (milliseconds since the Unix epoch). */
export const manualClock = (start: number = Date.UTC(2026, 0, 1)): ManualClock => {
  let elapsed = 0
  let wall = start
  const timers = new Set<Timer>()
  const next = (until: number): Timer | undefined => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  const advance = async (ms: number) => {
    const until = elapsed + ms
    await turn()
    for (let due = next(until); due; due = next(until)) {
      timers.delete(due)
      elapsed = Math.max(elapsed, due.at)
      due.task()
      await turn()
    }
    elapsed = until
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
      const moved = Math.min(ms, Math.max(0, (next(elapsed + ms)?.at ?? elapsed + ms) - elapsed))
      await advance(moved)
      return moved
    },
    jump: (ms) => {
      wall += ms
    },
    timers: () => timers.size,
  }
}
