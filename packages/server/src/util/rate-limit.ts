import type { Clock } from '@callboard/core'

/** How much may be done at a time, and when the next may follow. */
export interface RateLimit {
  readonly batchSize: number
  /** Resolves when more may be done, after so much has been done. */
  readonly next: (done: number) => Promise<void>
}

/** Appends wait for each step: this many cost them some milliseconds. */
const MAX_BATCH_SIZE = 500
const BATCHES_PER_SECOND = 4

/** So many per second, in even steps; without a rate as fast as it goes. */
export const createRateLimit = (rate: number | undefined, clock: Clock): RateLimit => {
  if (rate === undefined) return { batchSize: MAX_BATCH_SIZE, next: async () => {} }
  const from = clock.elapsed()
  let done = 0
  return {
    batchSize: Math.min(MAX_BATCH_SIZE, Math.max(1, Math.round(rate / BATCHES_PER_SECOND))),
    next: (more) => {
      done += more
      const wait = from + (done * 1_000) / rate - clock.elapsed()
      return wait > 0 ? new Promise((resolve) => clock.after(wait, resolve)) : Promise.resolve()
    },
  }
}
