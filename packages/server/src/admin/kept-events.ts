import { DEFAULT_DEDUPE_WINDOW_MS, type Journal } from '@callboard/core'

/** Counts of events stop here. */
export const MAX_COUNTED_EVENTS = 10_000
const PAGE_SIZE = 1_000

/** The events that a prune keeps although they are old enough. */
export interface KeptEvents {
  /** Finished events within the dedupe window, at most MAX_COUNTED_EVENTS. They stay so that a repeat is recognized. */
  readonly recent: number
  /** Deliveries that are not finished. */
  readonly pending: number
}

const countRecent = async (journal: Pick<Journal, 'find'>, since: number, until: number): Promise<number> => {
  let count = 0
  let cursor: string | undefined
  do {
    const page = await journal.find({ since, until, order: 'newest', limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) })
    count += page.events.filter(({ deliveries }) => deliveries.every(({ state }) => state !== 'pending')).length
    cursor = page.next
  } while (cursor !== undefined && count < MAX_COUNTED_EVENTS)
  return Math.min(count, MAX_COUNTED_EVENTS)
}

/** Counts what a prune kept although it is older than `delivered` milliseconds. Returns undefined if that is nothing. */
export const countKept = async (
  journal: Pick<Journal, 'find' | 'stats'>,
  delivered: number,
  now: number,
): Promise<KeptEvents | undefined> => {
  const { sinks } = await journal.stats()
  const pending = Object.values(sinks).reduce((sum, sink) => sum + sink.pending, 0)
  const since = now - DEFAULT_DEDUPE_WINDOW_MS
  const recent = delivered < DEFAULT_DEDUPE_WINDOW_MS ? await countRecent(journal, since, now - delivered) : 0
  return recent + pending === 0 ? undefined : { recent, pending }
}
