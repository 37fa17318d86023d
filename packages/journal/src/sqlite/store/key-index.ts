import type { Database } from 'better-sqlite3'
import { BLOCK } from '../schema.ts'

// Keys come in no order: in one index of all of them each event would rewrite a page of its own, and the more pages there are, the
// fewer are at hand. Sorted within blocks of events that follow each other, those of an append lie close together, and whoever asks for
// a key asks each block, at some 2 microseconds.

/** Blocks that follow each other, both ends included. */
export type Span = readonly [low: number, high: number]

/** Events of one key (`e`), in no order; its first two values are a span, and `e.key` has to be compared. */
export const KEYED = `(WITH RECURSIVE block (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM block WHERE n < ?) SELECT n FROM block) block
  CROSS JOIN event e INDEXED BY event_key ON e.position / ${BLOCK} = block.n`

/** The block of the event at this position. */
const blockOf = (position: number): number => Math.floor(position / BLOCK)

const FIRST_SPAN = 64
const GROWTH = 4

/** The blocks a few at a time, ever more: a key that many events have is found in the first, and one that none has in few steps. */
export function* portions([low, high]: Span, order: 'oldest' | 'newest'): Generator<Span> {
  let [from, to] = [low, high]
  for (let size = FIRST_SPAN; from <= to; size *= GROWTH) {
    if (order === 'oldest') {
      yield [from, Math.min(from + size - 1, to)]
      from += size
    } else {
      yield [Math.max(to - size + 1, from), to]
      to -= size
    }
  }
}

/** Where to go on, and how far. */
interface Search {
  readonly order: 'oldest' | 'newest'
  /** The position of an event; what is looked for lies beyond it. */
  readonly cursor?: string | undefined
  readonly most: number
}

/** Looks for rows of one key, a portion of the blocks at a time; `read` gives so many of those in a span, in order. */
export const createSearch = (
  db: Database,
): (<Row>(search: Search, read: (span: Span, most: number) => readonly Row[]) => readonly Row[]) => {
  const ends = db.prepare<[], { low: number | null; high: number | null }>(
    'SELECT (SELECT min(position) FROM event) AS low, (SELECT max(position) FROM event) AS high',
  )
  const blocks = ({ order, cursor }: Search): Span => {
    const { low, high } = ends.get() ?? {}
    const [first, last] = [blockOf(low ?? 0), blockOf(high ?? 0)]
    if (cursor === undefined) return [first, last]
    const from = blockOf(Number(cursor))
    return order === 'oldest' ? [Math.max(first, from), last] : [first, Math.min(last, from)]
  }

  return <Row>(search: Search, read: (span: Span, most: number) => readonly Row[]): readonly Row[] => {
    const rows: Row[] = []
    for (const span of portions(blocks(search), search.order)) {
      rows.push(...read(span, search.most - rows.length))
      if (rows.length >= search.most) break
    }
    return rows
  }
}
