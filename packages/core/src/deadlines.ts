import type { Clock } from './clock.ts'

/** Moments at which something happens unless it is called off, as it nearly always is: cheap where each lies behind the one before. */
export interface Deadlines {
  /** Runs `task` once, at `moment` of the clock's `elapsed`; the returned function calls it off. */
  readonly at: (moment: number, task: () => void) => () => void
}

interface Deadline {
  readonly moment: number
  readonly task: () => void
}

/** One timer for all of them; none while nothing is open, so that it keeps no process alive. */
export const createDeadlines = (clock: Pick<Clock, 'elapsed' | 'after'>): Deadlines => {
  // A Set keeps the order in which it was filled: the earliest comes first.
  const open = new Set<Deadline>()
  let latest = Number.NEGATIVE_INFINITY
  let cancelTimer: (() => void) | undefined

  const setTimer = () => {
    cancelTimer?.()
    const [next] = open
    cancelTimer = next && clock.after(next.moment - clock.elapsed(), run)
  }

  const run = () => {
    const now = clock.elapsed()
    for (const deadline of open) {
      if (deadline.moment > now) break
      open.delete(deadline)
      deadline.task()
    }
    setTimer()
  }

  return {
    at: (moment, task) => {
      if (open.size === 0) latest = moment
      // Out of the order: it gets a timer of its own.
      if (moment < latest) return clock.after(moment - clock.elapsed(), task)
      latest = moment
      const deadline = { moment, task }
      open.add(deadline)
      if (open.size === 1) setTimer()
      return () => {
        if (open.delete(deadline) && open.size === 0) setTimer()
      }
    },
  }
}
