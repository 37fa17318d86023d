import type { Database } from 'better-sqlite3'
import { JournalOpenError, JournalVersionError } from '../errors.ts'
import { errorMessage } from '../util/errors.ts'
import { openForReading } from './open-for-reading.ts'
import { BLOCKED, LEASED, READY } from './schema.ts'
import { DELIVERY_STATES_SQL } from './store/counters.ts'

/** SQLite stops its own check after this number of problems. */
const MAX_PROBLEMS = 100

interface Rule {
  /** The problem to report when `sql` returns a count above zero. */
  readonly message: (count: number) => string
  readonly sql: string
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const rules: readonly Rule[] = [
  {
    message: (count) => `${plural(count, 'event has', 'events have')} no body`,
    sql: 'SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM body b WHERE b.event = e.seq)',
  },
  ...['body', 'delivery'].map((table) => ({
    message: (count: number) => `${plural(count, 'row', 'rows')} of ${table} without an event`,
    // On a full disk the journal stores a body with a negative number for a moment (disk-full.ts).
    sql: `SELECT count(*) FROM ${table} t WHERE t.event >= 0 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = t.event)`,
  })),
  {
    message: (count) => `${plural(count, 'event has', 'events have')} a wrong number of pending or dead deliveries`,
    sql: `SELECT count(*) FROM event e WHERE (e.pending, e.dead) <> (
            SELECT count(*) FILTER (WHERE d.state = 'pending'), count(*) FILTER (WHERE d.state = 'dead') FROM delivery d WHERE d.event = e.seq)`,
  },
  {
    message: (count) => `${plural(count, 'delivery is', 'deliveries are')} wrongly marked as first in the lane, or wrongly not marked`,
    sql: `SELECT count(*) FROM (
            SELECT claim_state, lane IS NULL OR lane_seq = min(lane_seq) OVER (PARTITION BY sink, lane) AS first FROM delivery WHERE state = 'pending')
          WHERE (claim_state IN (${READY}, ${LEASED})) <> first`,
  },
  {
    message: (count) => `${plural(count, 'delivery is', 'deliveries are')} wrongly marked as leased, or wrongly not marked`,
    sql: `SELECT count(*) FROM delivery WHERE (token IS NOT NULL) <> (claim_state NOT IN (${BLOCKED}, ${READY}))`,
  },
  {
    message: () => 'the next position of an event or of a lane is already in use',
    sql: `SELECT coalesce((SELECT value FROM counter WHERE name = 'seq'), 0) < coalesce((SELECT max(seq) FROM event), 0)
            OR coalesce((SELECT value FROM counter WHERE name = 'lane_seq'), 0) < coalesce((SELECT max(lane_seq) FROM delivery), 0)`,
  },
  {
    message: (count) => `the delivery counts of ${plural(count, 'sink and state', 'sinks and states')} are wrong`,
    sql: `SELECT count(*) FROM (
            SELECT sink, state, sum(count) AS count FROM (
              SELECT sink, name AS state, value AS count FROM counter WHERE name IN (${DELIVERY_STATES_SQL})
              UNION ALL SELECT sink, state, -count(*) FROM delivery GROUP BY sink, state)
            GROUP BY sink, state) WHERE count <> 0`,
  },
  {
    message: () => 'the number of events is wrong',
    sql: "SELECT coalesce((SELECT value FROM counter WHERE name = 'events'), 0) <> (SELECT count(*) FROM event)",
  },
  {
    message: () => 'the number of bytes is wrong',
    sql: "SELECT coalesce((SELECT value FROM counter WHERE name = 'bytes'), 0) <> (SELECT coalesce(sum(length(raw)), 0) FROM body WHERE event >= 0)",
  },
]

/** Returns the problems that SQLite itself finds in the file. */
const findCorruption = (db: Database): readonly string[] =>
  db
    .prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`)
    .pluck()
    .all()
    .filter((line) => line !== 'ok')

/** Returns the broken rules of a journal, one line each, all seen at one moment. */
export const findInconsistencies = (db: Database): readonly string[] =>
  db.transaction(() =>
    rules.flatMap(({ sql, message }) => {
      const count = db.prepare<[], number>(sql).pluck().get() ?? 0
      return count > 0 ? [message(count)] : []
    }),
  )()

/**
 * Checks the whole journal at `path` and returns its problems, one line each. Blocks until it is done. Throws JournalOpenError or
 * JournalVersionError when there is no journal to check.
 */
export const checkIntegrity = (path: string): readonly string[] => {
  let db: Database | undefined
  try {
    db = openForReading(path)
    const problems = findCorruption(db)
    // In a corrupt file the rules would report the same problems once more.
    return problems.length > 0 ? problems : findInconsistencies(db)
  } catch (error) {
    if (error instanceof JournalOpenError || error instanceof JournalVersionError) throw error
    return [errorMessage(error)]
  } finally {
    db?.close()
  }
}
