import type { Database } from 'better-sqlite3'
import { BLOCK_SIZE } from '../schema.ts'
import { fromSql, type SqlText } from '../sql-text.ts'
import type { Counters } from './counters.ts'
import type { Transactions } from './transaction.ts'

// Most events are never searched for. So nothing but its id and its dedupe key is indexed for each event. Each block of consecutive
// events has one summary, which is written when the block is full: the range of its times, and a Bloom filter of its keys, commands and
// apps. A search looks into the blocks whose summaries do not exclude what it looks for.

const BITS_PER_NAME = 10
const PROBES = 4

/** The names by which a block is found. */
export const nameOf = {
  key: (key: string) => `k${key}`,
  command: (command: string) => `c${command}`,
  app: (app: number) => `a${app}`,
} as const

const SEEDS = [0x811c9dc5, 0x9e3779b9] as const

/** FNV-1a with a seed of its own. */
const hashOf = (text: string, seed: number): number => {
  let value = seed
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return (value ^ (value >>> 15)) >>> 0
}

const bitsOf = (name: string, bitCount: number): readonly number[] => {
  const [first, second] = [hashOf(name, SEEDS[0]), hashOf(name, SEEDS[1])]
  return Array.from({ length: PROBES }, (_, probe) => (first + probe * second) % bitCount)
}

const addName = (filter: Uint8Array, name: string) => {
  for (const bit of bitsOf(name, filter.length * 8)) filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7))
}

/** Returns whether a filter may contain a name. False is certain. */
export const mayContain = (filter: Uint8Array, name: string): boolean =>
  bitsOf(name, filter.length * 8).every((bit) => ((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0)

const filterOf = (names: ReadonlySet<string>): Uint8Array => {
  const filter = new Uint8Array(Math.ceil((names.size * BITS_PER_NAME) / 8) + 1)
  for (const name of names) addName(filter, name)
  return filter
}

/** What the summary of a block is made of. */
export interface SummarizedEvent {
  readonly app: number
  readonly command: string
  readonly key: string | undefined
  readonly receivedAt: number
}

/** Writes the summaries of blocks. All calls are part of a transaction. */
export interface BlockSummaries {
  /** Adds a new event. */
  readonly add: (seq: number, event: SummarizedEvent) => void
  /** Adds the key of an event whose block may be full already. */
  readonly addKey: (seq: number, key: string) => void
}

interface OpenBlock {
  readonly n: number
  readonly names: Set<string>
  from: number
  to: number
}

export const blockOf = (seq: number): number => Math.floor(seq / BLOCK_SIZE)

/** Creates the summaries, with the last block as far as it has events. */
export const createBlockSummaries = (db: Database, transactions: Transactions, counters: Counters): BlockSummaries => {
  const selectEvents = db.prepare<[number], { app: number; command: SqlText; key: SqlText | null; receivedAt: number }>(
    'SELECT app, command, key, received_at AS receivedAt FROM event WHERE seq >= ?',
  )
  const save = db.prepare(
    `INSERT INTO block (n, received_from, received_to, names) VALUES (?, ?, ?, ?)
     ON CONFLICT (n) DO UPDATE SET received_from = excluded.received_from, received_to = excluded.received_to, names = excluded.names`,
  )
  const selectNames = db.prepare<[number], Buffer | null>('SELECT names FROM block WHERE n = ?').pluck()
  const updateNames = db.prepare('UPDATE block SET names = ? WHERE n = ?')

  const openBlock = (n: number): OpenBlock => ({ n, names: new Set(), from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY })

  const addTo = (block: OpenBlock, { app, command, key, receivedAt }: SummarizedEvent) => {
    block.names.add(nameOf.app(app)).add(nameOf.command(command))
    if (key !== undefined) block.names.add(nameOf.key(key))
    block.from = Math.min(block.from, receivedAt)
    block.to = Math.max(block.to, receivedAt)
  }

  let open = openBlock(blockOf(counters.lastSeq()))
  for (const { app, command, key, receivedAt } of selectEvents.all(open.n * BLOCK_SIZE)) {
    addTo(open, { app, command: fromSql(command), key: key === null ? undefined : fromSql(key), receivedAt })
  }

  return {
    add: (seq, event) => {
      const n = blockOf(seq)
      if (n !== open.n) {
        const full = open
        if (full.names.size > 0) save.run(full.n, full.from, full.to, filterOf(full.names))
        open = openBlock(n)
        // A name too many is harmless, and a missing summary as well: the block is searched then.
        transactions.onRollback(() => {
          open = full
        })
      }
      addTo(open, event)
    },
    addKey: (seq, key) => {
      const n = blockOf(seq)
      if (n === open.n) open.names.add(nameOf.key(key))
      const filter = selectNames.get(n)
      if (!filter) return
      addName(filter, nameOf.key(key))
      updateNames.run(filter, n)
    },
  }
}
