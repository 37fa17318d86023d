import type { Database } from 'better-sqlite3'
import { JournalOpenError, JournalVersionError } from '../errors.ts'
import { errorMessage } from '../util/errors.ts'
import { openForReading } from './open-for-reading.ts'
import { BLOCK_SIZE, BLOCKED, LEASED, READY } from './schema.ts'
import { fromSql, type SqlText } from './sql-text.ts'
import { mayContain, nameOf } from './store/block-summary.ts'
import { createDeliveryFinder } from './store/delivery-search.ts'
import { createReadSinks } from './store/sink-state.ts'

/** SQLite stops its own check after this number of problems. */
const MAX_PROBLEMS = 100

interface Rule {
  /** The problem to report when `sql` returns a count above zero. */
  readonly message: (count: number) => string
  readonly sql: string
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const ROUTED = `(SELECT r.id AS route, j.value AS sink FROM route r, json_each(r.sinks) j)`

const rules: readonly Rule[] = [
  {
    message: (count) => `${plural(count, 'row', 'rows')} of delivery without an event`,
    sql: 'SELECT count(*) FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = d.event)',
  },
  {
    message: (count) => `${plural(count, 'delivery has', 'deliveries have')} no sink`,
    sql: 'SELECT count(*) FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM sink s WHERE s.id = d.sink)',
  },
  {
    message: (count) => `${plural(count, 'event has', 'events have')} no route`,
    sql: 'SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM route r WHERE r.id = e.route)',
  },
  {
    message: (count) => `${plural(count, 'delivery is', 'deliveries are')} wrongly marked as first in the lane, or wrongly not marked`,
    sql: `SELECT count(*) FROM (
            SELECT claim_state, lane IS NULL OR place = min(place) OVER (PARTITION BY sink, lane) AS first FROM delivery WHERE state = 'pending')
          WHERE (claim_state IN (${READY}, ${LEASED})) <> first`,
  },
  {
    message: (count) => `${plural(count, 'delivery is', 'deliveries are')} wrongly marked as leased, or wrongly not marked`,
    sql: `SELECT count(*) FROM delivery WHERE (token IS NOT NULL) <> (claim_state NOT IN (${BLOCKED}, ${READY}))`,
  },
  {
    message: () => 'the next position of an event or of a lane is already in use',
    sql: `SELECT coalesce((SELECT value FROM counter WHERE name = 'seq'), 0)
            < max(coalesce((SELECT max(seq) FROM event), 0), coalesce((SELECT max(place) FROM delivery), 0), coalesce((SELECT max(read_to) FROM sink), 0))`,
  },
  {
    message: () => 'the number of events is wrong',
    sql: "SELECT coalesce((SELECT value FROM counter WHERE name = 'events'), 0) <> (SELECT count(*) FROM event)",
  },
  {
    message: () => 'the number of bytes is wrong',
    sql: "SELECT coalesce((SELECT value FROM counter WHERE name = 'bytes'), 0) <> (SELECT coalesce(sum(length(raw)), 0) FROM event)",
  },
]

/** The numbers of deliveries of each sink: those to which events were routed, and those that have a row. */
const DELIVERY_COUNTS_SQL = `
  SELECT sink, sum(routed) AS routed, sum(late) AS late, sum(pending) AS pending, sum(dead) AS dead, sum(discarded) AS discarded FROM (
    SELECT sink, count AS routed, 0 AS late, 0 AS pending, 0 AS dead, 0 AS discarded
      FROM (SELECT route, count(*) AS count FROM event GROUP BY route) JOIN ${ROUTED} USING (route)
    UNION ALL
    SELECT sink, 0, sum(sink_index IS NOT NULL), sum(state = 'pending'), sum(state = 'dead'), sum(state = 'discarded') FROM delivery GROUP BY sink)
  GROUP BY sink`

interface DeliveryCounts {
  readonly sink: number
  readonly routed: number
  readonly late: number
  readonly pending: number
  readonly dead: number
  readonly discarded: number
}

const NO_DELIVERIES = { routed: 0, late: 0, pending: 0, dead: 0, discarded: 0 }

/** Returns the sinks whose offset or counters are wrong. */
const findWrongSinks = (db: Database): readonly string[] => {
  const counted = new Map(
    db
      .prepare<[], DeliveryCounts>(DELIVERY_COUNTS_SQL)
      .all()
      .map((counts) => [counts.sink, counts]),
  )
  const deliveries = createDeliveryFinder(db)
  return createReadSinks(db)().flatMap((sink) => {
    if (!sink.isValid) return [`the offset of sink ${sink.name} does not match its checksum`]
    const { routed, late, pending, dead, discarded } = counted.get(sink.id) ?? NO_DELIVERIES
    const { counts } = sink
    const withoutRow = deliveries.findWithoutRow({ sink, state: 'pending', events: {}, order: 'oldest', limit: Number.MAX_SAFE_INTEGER })
    const isRight =
      counts.total === routed + late &&
      counts.dead === dead &&
      counts.discarded === discarded &&
      counts.total - counts.delivered - counts.dead - counts.discarded === pending + withoutRow.length
    return isRight ? [] : [`the delivery counts of sink ${sink.name} are wrong`]
  })
}

/** Returns whether any summary excludes an event of its block. */
const findWrongSummaries = (db: Database): readonly string[] => {
  const selectEvents = db.prepare<[number, number], { app: number; command: SqlText; key: SqlText | null; receivedAt: number }>(
    'SELECT app, command, key, received_at AS receivedAt FROM event WHERE seq BETWEEN ? AND ?',
  )
  const summaries = db
    .prepare<[], { n: number; from: number; to: number; names: Buffer }>(
      'SELECT n, received_from AS "from", received_to AS "to", names FROM block WHERE names IS NOT NULL',
    )
    .all()
  const wrong = summaries.filter(({ n, from, to, names }) =>
    selectEvents.all(n * BLOCK_SIZE, (n + 1) * BLOCK_SIZE - 1).some(({ app, command, key, receivedAt }) => {
      const wanted = [nameOf.app(app), nameOf.command(fromSql(command)), ...(key === null ? [] : [nameOf.key(fromSql(key))])]
      return !(receivedAt >= from && receivedAt <= to && wanted.every((name) => mayContain(names, name)))
    }),
  )
  return wrong.length === 0 ? [] : [`${plural(wrong.length, 'block of events has', 'blocks of events have')} a wrong summary`]
}

/** Returns the problems that SQLite itself finds in the file. */
const findCorruption = (db: Database): readonly string[] =>
  db
    .prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`)
    .pluck()
    .all()
    .filter((line) => line !== 'ok')

/** Returns the broken rules of a journal, one line each, all seen at one moment. */
export const findInconsistencies = (db: Database): readonly string[] =>
  db.transaction(() => [
    ...rules.flatMap(({ sql, message }) => {
      const count = db.prepare<[], number>(sql).pluck().get() ?? 0
      return count > 0 ? [message(count)] : []
    }),
    ...findWrongSinks(db),
    ...findWrongSummaries(db),
  ])()

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
