import type { BlockedKey, EventPage, EventQuery, JournalStats } from '@callboard/core'
import { troubleOf } from '../errors.ts'
import { openErrorOf } from './database.ts'
import { errorOf } from './error-transfer.ts'
import { openForReading } from './open-for-reading.ts'
import { createBlocked } from './store/blocked-keys.ts'
import { createFind } from './store/find.ts'
import { createStats } from './store/stats.ts'

/** A look into a journal, whether somebody owns it or not. Calls block, and between them nothing is held. */
export interface Reader {
  readonly find: (query: EventQuery) => EventPage
  readonly stats: () => JournalStats
  readonly blocked: (sink: string, limit: number) => readonly BlockedKey[]
  readonly close: () => void
}

/** Opens the journal at `path` for reading. Throws JournalOpenError (`code: 'ENOENT'` where there is none) or JournalVersionError. */
export const openReader = (path: string): Reader => {
  const db = openForReading(path)
  try {
    const find = createFind(db)
    const stats = createStats(db)
    const blocked = createBlocked(db)
    // All that one call reads is of one moment.
    const findAtOnce = db.transaction((query: EventQuery) => find(query, Date.now()))
    const statsAtOnce = db.transaction(() => stats(Date.now()))
    const blockedAtOnce = db.transaction((sink: string, limit: number) => blocked(sink, limit, Date.now()))
    return {
      find: (query) => findAtOnce(query),
      stats: () => statsAtOnce(),
      blocked: (sink, limit) => blockedAtOnce(sink, limit),
      close: () => db.close(),
    }
  } catch (error) {
    db.close()
    throw errorOf(troubleOf(openErrorOf(error, db.name, 'read')))
  }
}
