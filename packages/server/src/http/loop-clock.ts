/** A time that stands still while the event loop is blocked or the process is stopped. */
export interface LoopClock {
  /** The time now, in milliseconds. */
  readonly now: () => number
  /** How many of the last `ms` milliseconds the event loop missed. */
  readonly missedWithin: (ms: number) => number
  readonly stop: () => void
}

/** Timers are always a little late. */
const TOLERANCE = 1

interface Stall {
  readonly at: number
  readonly ms: number
}

/** Starts the clock. It looks every `intervalMs`, so it notices what lasts longer than twice that time. `memoryMs` bounds `missedWithin`. */
export const createLoopClock = (intervalMs: number, memoryMs: number): LoopClock => {
  let ticked = performance.now()
  let missed = 0
  let stalls: readonly Stall[] = []
  /** How late the next tick is. Another timer may run before that tick. */
  const pending = (): number => {
    const late = performance.now() - ticked - intervalMs
    return late > intervalMs * TOLERANCE ? late : 0
  }
  const timer = setInterval(() => {
    const late = pending()
    ticked = performance.now()
    if (late > 0) {
      missed += late
      stalls = [...stalls.filter(({ at }) => ticked - at < memoryMs), { at: ticked, ms: late }]
    }
  }, intervalMs).unref()
  return {
    now: () => performance.now() - missed - pending(),
    missedWithin: (ms) => {
      const from = performance.now() - ms
      return stalls.reduce((sum, stall) => (stall.at > from ? sum + stall.ms : sum), pending())
    },
    stop: () => clearInterval(timer),
  }
}
