import type { Clock } from '@callboard/core'

/** A limit on the items that are processed per second. */
export interface RateLimit {
  /** The largest number of items in one batch. */
  readonly batchSize: number
  /** Counts processed items. Resolves when the next batch may start. */
  readonly next: (processed: number) => Promise<void>
}

/** Appends wait while a batch is changed. A batch of this size takes some milliseconds. */
const MAX_BATCH_SIZE = 500
const BATCHES_PER_SECOND = 4

/** Creates a limit of `rate` items per second, spread over even batches. Without a rate there is no limit. */
export const createRateLimit = (rate: number | undefined, clock: Clock): RateLimit => {
  if (rate === undefined) return { batchSize: MAX_BATCH_SIZE, next: async () => {} }
  const startedAt = clock.elapsed()
  let total = 0
  return {
    batchSize: Math.min(MAX_BATCH_SIZE, Math.max(1, Math.round(rate / BATCHES_PER_SECOND))),
    next: (processed) => {
      total += processed
      const waitMs = startedAt + (total * 1_000) / rate - clock.elapsed()
      return waitMs > 0 ? new Promise((resolve) => clock.after(waitMs, resolve)) : Promise.resolve()
    },
  }
}
