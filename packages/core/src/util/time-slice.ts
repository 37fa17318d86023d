import type { Clock } from './clock.ts'

/** How long work may block the event loop before callbacks are answered again. */
const SLICE_MS = 10

/** Runs synchronous work in slices, in the order of its calls, so that it does not block the event loop for long. */
export interface TimeSlicer {
  /** Resolves with the result of `work`, or rejects with its error. */
  readonly run: <T>(work: () => T) => Promise<T>
}

export const createTimeSlicer = (clock: Pick<Clock, 'elapsed'>): TimeSlicer => {
  const waiting: (() => void)[] = []
  let sliceStartedAt: number | undefined

  const isSliceOver = (): boolean => {
    if (sliceStartedAt !== undefined) return clock.elapsed() - sliceStartedAt >= SLICE_MS
    sliceStartedAt = clock.elapsed()
    setImmediate(resume)
    return false
  }
  const resume = () => {
    sliceStartedAt = undefined
    while (waiting.length > 0 && !isSliceOver()) waiting.shift()?.()
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
        if (isSliceOver()) waiting.push(task)
        else task()
      }),
  }
}
