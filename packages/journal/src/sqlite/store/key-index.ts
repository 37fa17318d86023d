import type { Database } from 'better-sqlite3'
import { BLOCK_SIZE } from '../schema.ts'

// Keys come in no order. In one index of all keys each event would write a page of its own, and more pages leave fewer in the cache.
// Within a block of consecutive events the keys of an append lie close together. A search looks into each block, at some 2 us each.

/** Consecutive blocks. Both ends are included. */
export type Span = readonly [low: number, high: number]

/** The events (`e`) of a span, in no order. The first two parameters are the span. The caller compares `e.key`. */
export const EVENTS_BY_KEY_SQL = `(WITH RECURSIVE block (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM block WHERE n < ?) SELECT n FROM block) block
  CROSS JOIN event e INDEXED BY event_key ON e.seq / ${BLOCK_SIZE} = block.n`

const blockOf = (seq: number): number => Math.floor(seq / BLOCK_SIZE)

const FIRST_SPAN_BLOCKS = 64
const SPAN_GROWTH = 4

/**
 * Splits a span into growing spans. The first one is enough for a key with many events, and few of them are enough for a key with
 * none.
 */
export function* blockSpans([low, high]: Span, order: 'oldest' | 'newest'): Generator<Span> {
  let [from, to] = [low, high]
  for (let size = FIRST_SPAN_BLOCKS; from <= to; size *= SPAN_GROWTH) {
    if (order === 'oldest') {
      yield [from, Math.min(from + size - 1, to)]
      from += size
    } else {
      yield [Math.max(to - size + 1, from), to]
      to -= size
    }
  }
}

interface KeySearch {
  readonly order: 'oldest' | 'newest'
  /** The position of an event. The search starts behind it. */
  readonly cursor?: string | undefined
  readonly limit: number
}

/** Finds rows of one key, span by span. `read` returns at most `limit` rows of a span, in order. */
export const createKeySearch = (
  db: Database,
): (<Row>(search: KeySearch, read: (span: Span, limit: number) => readonly Row[]) => readonly Row[]) => {
  const selectEnds = db.prepare<[], { low: number | null; high: number | null }>(
    'SELECT (SELECT min(seq) FROM event) AS low, (SELECT max(seq) FROM event) AS high',
  )
  const spanOf = ({ order, cursor }: KeySearch): Span => {
    const { low, high } = selectEnds.get() ?? {}
    const [first, last] = [blockOf(low ?? 0), blockOf(high ?? 0)]
    if (cursor === undefined) return [first, last]
    const start = blockOf(Number(cursor))
    return order === 'oldest' ? [Math.max(first, start), last] : [first, Math.min(last, start)]
  }

  return <Row>(search: KeySearch, read: (span: Span, limit: number) => readonly Row[]): readonly Row[] => {
    const rows: Row[] = []
    for (const span of blockSpans(spanOf(search), search.order)) {
      rows.push(...read(span, search.limit - rows.length))
      if (rows.length >= search.limit) break
    }
    return rows
  }
}
