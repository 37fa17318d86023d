import type { EventPage, EventQuery, EventRecord } from '@callboard/core'

/** What is asked of a journal that somebody else may be writing to. */
export interface Finder {
  find(query: EventQuery): EventPage
}

const PAGE = 1_000

/** Every event that the query matches, newest first, page by page, so that a million of them need no memory. */
export function* pages(finder: Finder, query: Omit<EventQuery, 'order'>): Generator<EventRecord, undefined> {
  let left = query.limit
  let cursor: string | undefined
  while (left > 0) {
    const page = finder.find({ ...query, order: 'newest', limit: Math.min(left, PAGE), ...(cursor !== undefined && { cursor }) })
    yield* page.events
    left -= page.events.length
    if (page.next === undefined || page.events.length === 0) return
    cursor = page.next
  }
}
