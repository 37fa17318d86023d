import type { Claim, ClaimRequest, StoredEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../event-row.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Write } from './transaction.ts'

type Head = 0 | 1 | 2 | 3

interface Candidate extends EventColumns {
  readonly raw: Buffer
  readonly due: number
  readonly place: number
  readonly attempts: number
  readonly replay: number
}

// Heads of lanes and deliveries without a lane are `head = 1`, the others wait behind a head; 3 and 2 are the same, handed out. Those are
// due when their lease is over.
const candidatesSql = (condition: string): string =>
  `SELECT ${EVENT_COLUMNS}, b.raw, d.due, d.place, d.attempts, d.replay
   FROM delivery d INDEXED BY delivery_open CROSS JOIN event e ON e.position = d.event CROSS JOIN body b ON b.event = d.event
   WHERE d.sink = @sink AND d.state = 'pending' AND d.head = @head AND d.due <= @now ${condition}
   ORDER BY d.due, d.place LIMIT @most`

// A delivery that was handed out without regard to lanes may be in flight behind the head of its lane.
const LANE_IS_FREE = `AND NOT EXISTS (
  SELECT 1 FROM delivery mate INDEXED BY delivery_open
  WHERE mate.sink = d.sink AND mate.state = 'pending' AND mate.head = 2 AND mate.due > @now AND mate.lane = d.lane)`

/** The candidates for a claim, for tests that look at how SQLite finds them. */
export const CANDIDATES = { free: candidatesSql(LANE_IS_FREE), any: candidatesSql('') }

/** A claim, with the bytes of its event beside it. */
export interface Handed extends Omit<Claim, 'event'> {
  readonly event: Omit<StoredEvent, 'raw'>
  readonly raw: Uint8Array
}
/** What was handed out; `wait` is that of `Claims`. */
export interface HandedOut {
  readonly handed: readonly Handed[]
  readonly wait?: number
}

/** Hands out what is due for one sink; it costs what is handed out, however much waits. */
export const createClaim = (
  db: Database,
  write: Write,
  newToken: (event: number) => string,
): ((request: ClaimRequest, now: number) => HandedOut) => {
  type Wanted = { sink: SqlText; head: Head; now: number; most: number }
  const free = db.prepare<Wanted, Candidate>(CANDIDATES.free)
  const any = db.prepare<Wanted, Candidate>(CANDIDATES.any)
  const take = db.prepare('UPDATE delivery SET token = ?, due = ?, attempts = attempts + 1, head = head | 2 WHERE event = ? AND sink = ?')
  const nextDue = db
    .prepare<[SqlText, Head, number], number | null>(
      "SELECT min(due) FROM delivery INDEXED BY delivery_open WHERE sink = ? AND state = 'pending' AND head = ? AND due > ?",
    )
    .pluck()

  /** Handed out or not, earliest first. */
  const among = (statement: typeof any, heads: readonly [Head, Head], sink: SqlText, now: number, most: number): readonly Candidate[] => {
    const [first, leased] = heads.map((head) => statement.all({ sink, head, now, most }))
    if (first === undefined || leased === undefined || leased.length === 0) return first ?? []
    return [...first, ...leased].sort((a, b) => a.due - b.due || a.place - b.place).slice(0, most)
  }

  const candidates = (ordered: boolean, sink: SqlText, now: number, most: number): readonly Candidate[] => {
    if (ordered) return among(free, [1, 3], sink, now, most)
    const first = among(any, [1, 3], sink, now, most)
    return first.length === most ? first : [...first, ...among(any, [0, 2], sink, now, most - first.length)]
  }

  const waitFrom = (ordered: boolean, sink: SqlText, now: number): number | undefined => {
    const heads: readonly Head[] = ordered ? [1, 2, 3] : [0, 1, 2, 3]
    const known = heads.map((head) => nextDue.get(sink, head, now)).filter((moment) => typeof moment === 'number')
    return known.length === 0 ? undefined : Math.min(...known) - now
  }

  return ({ sink, max, leaseMs, ordered }, now) =>
    write('system', now, () => {
      const name = toSql(sink)
      const found = candidates(ordered, name, now, max + 1)
      const handed = found.slice(0, max).map((candidate): Handed => {
        const { position, raw, attempts, replay } = candidate
        const token = newToken(position)
        take.run(token, Math.round(now + leaseMs), position, name)
        return { token, event: toEvent(candidate), raw, attempt: attempts + 1, replay: replay === 1 }
      })
      const wait = found.length > max ? 0 : waitFrom(ordered, name, now)
      return { handed, ...(wait !== undefined && { wait }) }
    })
}
