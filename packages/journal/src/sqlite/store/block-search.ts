import type { Database } from 'better-sqlite3'
import { BLOCK_SIZE } from '../schema.ts'
import { blockOf, mayContain, nameOf } from './block-summary.ts'
import type { EventConditions } from './where.ts'

/** A range of positions. Both ends are included. */
export type Range = readonly [from: number, to: number]

interface BlockSearch {
  readonly events: EventConditions
  readonly order: 'oldest' | 'newest'
  /** The position of an event. The search starts behind it. */
  readonly cursor?: string | undefined
  /** The search is limited to these positions. */
  readonly within?: Range | undefined
  readonly limit: number
}

interface BlockColumns {
  readonly n: number
  readonly received_from: number
  readonly received_to: number
  readonly names: Buffer
}

export const ALL: Range = [0, Number.MAX_SAFE_INTEGER]

// Summaries are read in growing groups: the first is enough for what is frequent, and few of them for what is rare.
const FIRST_GROUP_BLOCKS = 64
const GROUP_GROWTH = 4

/** Splits blocks into growing groups, in order. */
export function* blockGroups([low, high]: Range, order: 'oldest' | 'newest'): Generator<Range> {
  let [from, to] = [low, high]
  for (let size = FIRST_GROUP_BLOCKS; from <= to; size *= GROUP_GROWTH) {
    if (order === 'oldest') {
      yield [from, Math.min(from + size - 1, to)]
      from += size
    } else {
      yield [Math.max(to - size + 1, from), to]
      to -= size
    }
  }
}

const namesOf = ({ key, command, app }: EventConditions): readonly string[] => [
  ...(key === undefined ? [] : [nameOf.key(key)]),
  ...(command === undefined ? [] : [nameOf.command(command)]),
  ...(app === undefined ? [] : [nameOf.app(app)]),
]

/** Joins blocks that follow each other into ranges of positions, in order. */
const rangesOf = (blocks: readonly number[], order: 'oldest' | 'newest'): readonly Range[] => {
  const ranges: [number, number][] = []
  for (const n of blocks) {
    const last = ranges.at(-1)
    if (last && last[1] + 1 === n * BLOCK_SIZE) last[1] += BLOCK_SIZE
    else ranges.push([n * BLOCK_SIZE, (n + 1) * BLOCK_SIZE - 1])
  }
  return order === 'oldest' ? ranges : ranges.toReversed()
}

/** Finds rows range by range, in the blocks that may have them. `read` returns at most `limit` rows of a range, in order. */
export const createBlockSearch = (
  db: Database,
): (<Row>(search: BlockSearch, read: (range: Range, limit: number) => readonly Row[]) => readonly Row[]) => {
  const selectEnds = db.prepare<[], { low: number | null; high: number | null }>(
    'SELECT (SELECT min(seq) FROM event) AS low, (SELECT max(seq) FROM event) AS high',
  )
  const selectSummaries = db.prepare<[number, number], BlockColumns>(
    'SELECT n, received_from, received_to, names FROM block WHERE n BETWEEN ? AND ? AND names IS NOT NULL',
  )

  /** The positions that a search is about. SQLite uses only one lower and one upper bound, so that there must not be others. */
  const boundsOf = ({ order, cursor, within: [from, to] = ALL }: BlockSearch): Range => {
    if (cursor === undefined) return [from, to]
    return order === 'oldest' ? [Math.max(from, Number(cursor) + 1), to] : [from, Math.min(to, Number(cursor) - 1)]
  }

  const blocksIn = ([from, to]: Range): Range => {
    const { low, high } = selectEnds.get() ?? {}
    return [blockOf(Math.max(low ?? 0, from)), blockOf(Math.min(high ?? 0, to))]
  }

  /** The blocks of a group that may have such an event. A block without a summary may have any. */
  const candidates = ([low, high]: Range, events: EventConditions, names: readonly string[]): readonly number[] => {
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = events
    const excluded = new Set<number>()
    for (const summary of selectSummaries.all(low, high)) {
      const isInTime = summary.received_to >= since && summary.received_from < until
      if (!isInTime || !names.every((name) => mayContain(summary.names, name))) excluded.add(summary.n)
    }
    return Array.from({ length: high - low + 1 }, (_, index) => low + index).filter((n) => !excluded.has(n))
  }

  return <Row>(search: BlockSearch, read: (range: Range, limit: number) => readonly Row[]): readonly Row[] => {
    const { events, order, limit } = search
    const names = namesOf(events)
    const bounds = boundsOf(search)
    const hasIndex = events.ids !== undefined || (events.status !== undefined && events.status !== 'accepted')
    if (hasIndex || (names.length === 0 && events.since === undefined && events.until === undefined)) return read(bounds, limit)
    const found: Row[] = []
    for (const group of blockGroups(blocksIn(bounds), order)) {
      for (const [from, to] of rangesOf(candidates(group, events, names), order)) {
        found.push(...read([Math.max(from, bounds[0]), Math.min(to, bounds[1])], limit - found.length))
        if (found.length >= limit) return found
      }
    }
    return found
  }
}
