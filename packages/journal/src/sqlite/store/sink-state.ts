import { crc32 } from 'node:zlib'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText } from '../sql-text.ts'

/** The deliveries of a sink in numbers. */
export interface SinkCounts {
  total: number
  delivered: number
  dead: number
  discarded: number
}

/** A pending delivery that has no row. */
export interface PendingPosition {
  readonly position: number
  /** It may have been handed out. */
  readonly isLeased: boolean
}

/** A row of the table `sink`. */
export interface SinkState {
  readonly id: number
  readonly name: string
  /** Deliveries of later events are pending, those up to it are not, unless they are in `pending` or have a row. */
  readonly readTo: number
  readonly pending: readonly PendingPosition[]
  readonly counts: SinkCounts
  /** Whether the checksum is right. */
  readonly isValid: boolean
}

interface SinkColumns extends SinkCounts {
  readonly id: number
  readonly name: SqlText
  readonly read_to: number
  readonly pending: Buffer
  readonly checksum: number
}

const BITS = 7
const BIT_LIMIT = 2 ** BITS

/** Encodes positions as numbers of variable length: twice the distance to the position before, plus 1 when it is leased. */
export const encodePending = (pending: readonly PendingPosition[]): Buffer => {
  const bytes: number[] = []
  let before = 0
  for (const { position, isLeased } of pending) {
    let value = 2 * (position - before) + (isLeased ? 1 : 0)
    before = position
    for (; value >= BIT_LIMIT; value = Math.floor(value / BIT_LIMIT)) bytes.push((value % BIT_LIMIT) + BIT_LIMIT)
    bytes.push(value)
  }
  return Buffer.from(bytes)
}

const decodePending = (bytes: Uint8Array): readonly PendingPosition[] => {
  const pending: PendingPosition[] = []
  let position = 0
  let value = 0
  let factor = 1
  for (const byte of bytes) {
    value += (byte % BIT_LIMIT) * factor
    factor *= BIT_LIMIT
    if (byte >= BIT_LIMIT) continue
    position += Math.floor(value / 2)
    pending.push({ position, isLeased: value % 2 === 1 })
    value = 0
    factor = 1
  }
  return pending
}

/** Returns the checksum of a row of the table `sink`. Without it a flipped bit in `read_to` would skip events. */
export const checksumOf = (id: number, readTo: number, pending: Uint8Array, { total, delivered, dead, discarded }: SinkCounts): number =>
  crc32(pending, crc32([id, readTo, total, delivered, dead, discarded].join()))

const toSinkState = ({ id, name, read_to, pending, checksum, total, delivered, dead, discarded }: SinkColumns): SinkState => {
  const counts = { total, delivered, dead, discarded }
  return {
    id,
    name: fromSql(name),
    readTo: read_to,
    pending: decodePending(pending),
    counts,
    isValid: checksumOf(id, read_to, pending, counts) === checksum,
  }
}

/** Reads all sinks. For the owner and for readers. */
export const createReadSinks = (db: Database): (() => readonly SinkState[]) => {
  const select = db.prepare<[], SinkColumns>('SELECT * FROM sink ORDER BY id')
  return () => select.all().map(toSinkState)
}

/** Reads routes. For the owner and for readers. */
export interface Routes {
  /** The ids of the sinks of a route, in order. */
  readonly sinksOf: (route: number) => readonly number[]
  /** The routes that lead to a sink. */
  readonly routesTo: (sink: number) => readonly number[]
}

// Only `routeOf` of sinks.ts writes the text.
const parseSinks = (text: string): readonly number[] => JSON.parse(text) as readonly number[]

/** Creates the reader of routes. A route never changes. */
export const createRoutes = (db: Database): Routes => {
  const select = db.prepare<[number], string>('SELECT sinks FROM route WHERE id = ?').pluck()
  const selectAll = db.prepare<[], { id: number; sinks: string }>('SELECT id, sinks FROM route')
  return {
    sinksOf: (route) => parseSinks(select.get(route) ?? '[]'),
    routesTo: (sink) =>
      selectAll
        .all()
        .filter(({ sinks }) => parseSinks(sinks).includes(sink))
        .map(({ id }) => id),
  }
}
