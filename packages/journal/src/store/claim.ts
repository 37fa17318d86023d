import type { Claim, ClaimRequest, StoredEvent } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { EVENT_COLUMNS, type EventColumns, toEvent } from '../row.ts'
import { type SqlText, toSql } from '../text.ts'
import type { Write } from './transaction.ts'

interface Candidate extends EventColumns {
  readonly raw: Buffer
  readonly attempts: number
  readonly replay: number
}

// Heads of lanes and deliveries without a lane are `head = 1`; the others wait behind a head.
const candidatesSql = (head: 0 | 1, condition: string): string =>
  `SELECT ${EVENT_COLUMNS}, b.raw, d.attempts, d.replay
   FROM delivery d INDEXED BY delivery_open CROSS JOIN event e ON e.position = d.event CROSS JOIN body b ON b.event = d.event
   WHERE d.sink = @sink AND d.state = 'pending' AND d.head = ${head} AND d.due <= @now ${condition}
   ORDER BY d.due, d.place LIMIT @most`

// A delivery that was handed out without regard to lanes may be in flight behind the head of its lane.
const LANE_IS_FREE = `AND NOT EXISTS (
  SELECT 1 FROM delivery mate INDEXED BY delivery_claimed
  WHERE mate.sink = d.sink AND mate.lane = d.lane AND mate.token IS NOT NULL AND mate.due > @now)`

/** The candidates for a claim, for tests that look at how SQLite finds them. */
export const CANDIDATES = { heads: candidatesSql(1, LANE_IS_FREE), anyHeads: candidatesSql(1, ''), anyOthers: candidatesSql(0, '') }

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
  type Wanted = { sink: SqlText; now: number; most: number }
  const heads = db.prepare<Wanted, Candidate>(CANDIDATES.heads)
  const anyHeads = db.prepare<Wanted, Candidate>(CANDIDATES.anyHeads)
  const anyOthers = db.prepare<Wanted, Candidate>(CANDIDATES.anyOthers)
  const take = db.prepare('UPDATE delivery SET token = ?, due = ?, attempts = attempts + 1 WHERE event = ? AND sink = ?')
  const nextDue = db
    .prepare<[SqlText, 0 | 1, number], number | null>(
      "SELECT min(due) FROM delivery INDEXED BY delivery_open WHERE sink = ? AND state = 'pending' AND head = ? AND due > ?",
    )
    .pluck()
  const nextFree = db
    .prepare<[SqlText, number], number | null>(
      'SELECT min(due) FROM delivery INDEXED BY delivery_claimed WHERE sink = ? AND token IS NOT NULL AND due > ?',
    )
    .pluck()
  const candidates = (ordered: boolean, sink: SqlText, now: number, most: number): readonly Candidate[] => {
    if (ordered) return heads.all({ sink, now, most })
    const first = anyHeads.all({ sink, now, most })
    return first.length === most ? first : [...first, ...anyOthers.all({ sink, now, most: most - first.length })]
  }

  const waitFrom = (ordered: boolean, sink: SqlText, now: number): number | undefined => {
    const moments = [nextDue.get(sink, 1, now), ordered ? nextFree.get(sink, now) : nextDue.get(sink, 0, now)]
    const known = moments.filter((moment) => typeof moment === 'number')
    return known.length === 0 ? undefined : Math.min(...known) - now
  }

  return ({ sink, max, lease, ordered }, now) =>
    write('system', now, () => {
      const name = toSql(sink)
      const found = candidates(ordered, name, now, max + 1)
      const handed = found.slice(0, max).map((candidate): Handed => {
        const { position, raw, attempts, replay } = candidate
        const token = newToken(position)
        take.run(token, Math.round(now + lease), position, name)
        return { token, event: toEvent(candidate), raw, attempt: attempts + 1, replay: replay === 1 }
      })
      const wait = found.length > max ? 0 : waitFrom(ordered, name, now)
      return { handed, ...(wait !== undefined && { wait }) }
    })
}
