import type { Database } from 'better-sqlite3'
import { JournalOpenError, JournalVersionError } from '../errors.ts'
import { openForReading } from './open-for-reading.ts'
import { STATES } from './store/counters.ts'

/** SQLite stops to complain after so many. */
const MOST_COMPLAINTS = 100

interface Rule {
  /** What is wrong where `sql` counts anything. */
  readonly message: (count: number) => string
  readonly sql: string
}

const several = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const rules: readonly Rule[] = [
  {
    message: (count) => `${several(count, 'event has', 'events have')} no body`,
    sql: 'SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM body b WHERE b.event = e.position)',
  },
  ...['body', 'delivery'].map((table) => ({
    message: (count: number) => `${several(count, 'row', 'rows')} of ${table} without an event`,
    // Below zero lies what a full disk makes the journal hold for a moment (reserve.ts).
    sql: `SELECT count(*) FROM ${table} t WHERE t.event >= 0 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.position = t.event)`,
  })),
  {
    message: (count) => `${several(count, 'event counts its', 'events count their')} pending or dead deliveries wrongly`,
    sql: `SELECT count(*) FROM event e WHERE (e.pending, e.dead) <> (
            SELECT count(*) FILTER (WHERE d.state = 'pending'), count(*) FILTER (WHERE d.state = 'dead') FROM delivery d WHERE d.event = e.position)`,
  },
  {
    message: (count) => `${several(count, 'delivery is', 'deliveries are')} wrongly taken for the head of a lane, or not`,
    sql: `SELECT count(*) FROM (
            SELECT head, lane IS NULL OR place = min(place) OVER (PARTITION BY sink, lane) AS first FROM delivery WHERE state = 'pending')
          WHERE head & 1 <> first`,
  },
  {
    message: (count) => `${several(count, 'delivery is', 'deliveries are')} wrongly taken for handed out, or not`,
    sql: 'SELECT count(*) FROM delivery WHERE (token IS NOT NULL) <> (head >= 2)',
  },
  {
    message: () => 'the next position or place is one that has been given away',
    sql: `SELECT coalesce((SELECT value FROM total WHERE name = 'position'), 0) < coalesce((SELECT max(position) FROM event), 0)
            OR coalesce((SELECT value FROM total WHERE name = 'place'), 0) < coalesce((SELECT max(place) FROM delivery), 0)`,
  },
  {
    message: (count) => `the numbers of ${several(count, 'sink and state', 'sinks and states')} are wrong`,
    sql: `SELECT count(*) FROM (
            SELECT sink, state, sum(count) AS count FROM (
              SELECT sink, name AS state, value AS count FROM total WHERE name IN (${STATES}) UNION ALL SELECT sink, state, -count(*) FROM delivery GROUP BY sink, state)
            GROUP BY sink, state) WHERE count <> 0`,
  },
  {
    message: () => 'the number of events is wrong',
    sql: "SELECT coalesce((SELECT value FROM total WHERE name = 'events'), 0) <> (SELECT count(*) FROM event)",
  },
  {
    message: () => 'the number of bytes is wrong',
    sql: "SELECT coalesce((SELECT value FROM total WHERE name = 'bytes'), 0) <> (SELECT coalesce(sum(length(raw)), 0) FROM body WHERE event >= 0)",
  },
]

/** What SQLite itself finds wrong with the file. */
const damage = (db: Database): readonly string[] =>
  db
    .prepare<[], string>(`PRAGMA integrity_check(${MOST_COMPLAINTS})`)
    .pluck()
    .all()
    .filter((line) => line !== 'ok')

/** What breaks the rules of a journal, a line each; all of one moment. */
export const disorder = (db: Database): readonly string[] =>
  db.transaction(() =>
    rules.flatMap(({ sql, message }) => {
      const count = db.prepare<[], number>(sql).pluck().get() ?? 0
      return count > 0 ? [message(count)] : []
    }),
  )()

/**
 * Looks through the whole journal at `path` and gives what is wrong, a line each. It blocks for as long as that takes. Throws where
 * there is no journal to look at.
 */
export const inspect = (path: string): readonly string[] => {
  let db: Database | undefined
  try {
    db = openForReading(path)
    const found = damage(db)
    // The rules would only repeat it in other words.
    return found.length > 0 ? found : disorder(db)
  } catch (error) {
    if (error instanceof JournalOpenError || error instanceof JournalVersionError) throw error
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    db?.close()
  }
}
