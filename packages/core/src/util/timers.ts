import type { Clock } from './clock.ts'

/** Moments at which something happens unless it is called off, as it nearly always is: cheap where each lies behind the one before. */
export interface Deadlines {
  /** Runs `task` once, at `moment` of the clock's `elapsed`; the returned function calls it off. */
  readonly at: (moment: number, task: () => void) => () => void
}

/** So many that are over may be kept. */
const FEW = 64

interface Deadline {
  readonly moment: number
  /** Undefined once it was run or called off. */
  task: (() => void) | undefined
}

/** One timer for all of them; none while nothing is open, so that it keeps no process alive. */
export const createDeadlines = (clock: Pick<Clock, 'elapsed' | 'after'>): Deadlines => {
  // The earliest comes first. A Set would do the same, but each of its outgrown tables points to the next one and to all that was in it
  // then: once one of them is old, garbage of many requests would survive with it.
  let queue: Deadline[] = []
  let first = 0
  let open = 0
  let cancelTimer: (() => void) | undefined

  /** Goes to the first that is open; forgets the others that are over once they are most of all. */
  const tidy = () => {
    while (first < queue.length && queue[first]?.task === undefined) first += 1
    if (queue.length < FEW || open * 2 > queue.length) return
    queue = queue.filter(({ task }) => task !== undefined)
    first = 0
  }

  const setTimer = () => {
    cancelTimer?.()
    const next = queue[first]
    cancelTimer = next && clock.after(next.moment - clock.elapsed(), run)
  }

  const close = (deadline: Deadline): (() => void) | undefined => {
    const { task } = deadline
    if (task === undefined) return undefined
    deadline.task = undefined
    open -= 1
    return task
  }

  const run = () => {
    const now = clock.elapsed()
    for (let next = queue[first]; next && next.moment <= now; next = queue[first]) {
      const task = close(next)
      tidy()
      task?.()
    }
    setTimer()
  }

  return {
    at: (moment, task) => {
      const latest = open === 0 ? undefined : queue.at(-1)?.moment
      // Out of the order: it gets a timer of its own.
      if (latest !== undefined && moment < latest) return clock.after(moment - clock.elapsed(), task)
      const deadline: Deadline = { moment, task }
      queue.push(deadline)
      open += 1
      if (open === 1) {
        tidy()
        setTimer()
      }
      return () => {
        if (!close(deadline)) return
        tidy()
        if (open === 0) setTimer()
      }
    },
  }
}
