import type { BlockedKey, EventPage, EventQuery, JournalStats } from '@callboard/core'
import { openErrorOf } from './database.ts'
import { toPublicError } from './deserialize-error.ts'
import { openForReading } from './open-for-reading.ts'
import { createBlockedKeys } from './store/blocked-keys.ts'
import { createFind } from './store/find.ts'
import { createStats } from './store/stats.ts'

/**
 * Reads a journal, whether it has an owner or not. Each call blocks until it returns, and sees the journal at one moment. Nothing
 * is locked between calls.
 */
export interface Reader {
  /** Returns a page of events, as `find` of the journal does. */
  readonly find: (query: EventQuery) => EventPage
  /** Returns the numbers of events and deliveries. */
  readonly stats: () => JournalStats
  /** Returns at most `limit` keys of a sink that wait for a retry. */
  readonly blocked: (sink: string, limit: number) => readonly BlockedKey[]
  readonly close: () => void
}

/**
 * Opens the journal at `path` for reading. Throws JournalOpenError (`code: 'ENOENT'` if there is no journal),
 * JournalVersionError, or JournalError with `code: 'corrupt'`.
 */
export const openReader = (path: string): Reader => {
  const db = openForReading(path)
  try {
    const find = createFind(db)
    const stats = createStats(db)
    const blocked = createBlockedKeys(db)
    const findInTransaction = db.transaction((query: EventQuery) => find(query, Date.now()))
    const statsInTransaction = db.transaction(() => stats(Date.now()))
    const blockedInTransaction = db.transaction((sink: string, limit: number) => blocked(sink, limit, Date.now()))
    return {
      find: (query) => findInTransaction(query),
      stats: () => statsInTransaction(),
      blocked: (sink, limit) => blockedInTransaction(sink, limit),
      close: () => db.close(),
    }
  } catch (error) {
    db.close()
    throw toPublicError(openErrorOf(error, db.name, 'read'))
  }
}
