import type { Clock } from './clock.ts'

/** Milliseconds of work in a row, before callbacks are answered again. */
const SLICE_MS = 10

/** Does what keeps the event loop busy, a portion at a time, in the order in which it was asked for. */
export interface TimeSlicer {
  /** Gives what `work` gives, or rejects with what it throws. */
  readonly run: <T>(work: () => T) => Promise<T>
}

export const createTimeSlicer = (clock: Pick<Clock, 'elapsed'>): TimeSlicer => {
  const waiting: (() => void)[] = []
  let from: number | undefined

  const isOver = (): boolean => {
    if (from !== undefined) return clock.elapsed() - from >= SLICE_MS
    from = clock.elapsed()
    setImmediate(resume)
    return false
  }
  const resume = () => {
    from = undefined
    while (waiting.length > 0 && !isOver()) waiting.shift()?.()
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        const task = () => {
          try {
            resolve(work())
          } catch (error) {
            reject(error)
          }
        }
        if (isOver()) waiting.push(task)
        else task()
      }),
  }
}
