import type { NewEvent, StoredEvent } from '@callboard/core'
import { fromSql, type SqlText } from './sql-text.ts'

type Columns = Pick<NewEvent, 'id' | 'app' | 'command' | 'key' | 'dedupeKey' | 'status' | 'receivedAt' | 'eventTime' | 'raw'>
// None can be forgotten where one is made.
type Whole<T> = { readonly [Field in keyof Required<T>]: T[Field] }

/** An event on its way to the worker: flat and checked. */
export interface Row extends Whole<Columns> {
  /** JSON of what is never searched. */
  readonly meta: string
  readonly sinks: readonly string[]
}

type Meta = Pick<StoredEvent, 'query' | 'rebuilt' | 'decision' | 'reasons'>

const isText = (value: unknown): boolean => typeof value === 'string'
const isTextOrNothing = (value: unknown): boolean => value === undefined || isText(value)

// Types say so already; this is for callers in JavaScript, whose mistake must not cost their batch-mates the journal.
const isSound = ({ id, app, command, key, dedupeKey, status, receivedAt, eventTime = 0, raw, sinks }: NewEvent): boolean =>
  [id, command, status, ...sinks].every(isText) &&
  [key, dedupeKey].every(isTextOrNothing) &&
  Number.isSafeInteger(app) &&
  Number.isFinite(receivedAt) &&
  Number.isFinite(eventTime) &&
  raw instanceof Uint8Array

/** The row of an event; or why it can never be stored. */
export const toRow = (event: NewEvent): Row | { readonly error: string } => {
  try {
    if (!isSound(event)) return { error: 'not an event' }
    const { id, app, command, key, dedupeKey, status, receivedAt, eventTime, raw, sinks, query, rebuilt, decision, reasons } = event
    const meta = JSON.stringify({ query, rebuilt, decision, reasons })
    return { id, app, command, key, dedupeKey, status, receivedAt, eventTime, raw, sinks, meta }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** A row without its body, to be packed; text leaves out what is undefined. */
export const withoutRaw = ({ id, app, command, key, dedupeKey, status, receivedAt, eventTime, meta, sinks }: Row): Omit<Row, 'raw'> => ({
  id,
  app,
  command,
  key,
  dedupeKey,
  status,
  receivedAt,
  eventTime,
  meta,
  sinks,
})

/** What is kept of a quarantined event that was accepted after all. */
export const withoutReasons = (meta: string): string => {
  // Written by `toRow` and by nobody else.
  const { reasons: _, ...rest } = JSON.parse(meta) as Meta
  return JSON.stringify(rest)
}

/** The columns of an event, without its body. */
export const EVENT_COLUMNS = 'e.position, e.id, e.app, e.command, e.key, e.status, e.received_at, e.event_time, e.meta, e.duplicates'

/** What a query for EVENT_COLUMNS gives. */
export interface EventColumns {
  readonly position: number
  readonly id: SqlText
  readonly app: number
  readonly command: SqlText
  readonly key: SqlText | null
  readonly status: StoredEvent['status']
  readonly received_at: number
  readonly event_time: number | null
  readonly meta: string
  readonly duplicates: number
}

/** The event of a row. */
export const toEvent = (row: EventColumns): Omit<StoredEvent, 'raw'> => {
  // Written by `toRow` and by nobody else.
  const meta = JSON.parse(row.meta) as Meta
  return {
    id: fromSql(row.id),
    app: row.app,
    command: fromSql(row.command),
    ...(row.key !== null && { key: fromSql(row.key) }),
    status: row.status,
    receivedAt: row.received_at,
    ...(row.event_time !== null && { eventTime: row.event_time }),
    ...meta,
  }
}

// An event's and a delivery's share of tables and indexes, bodies aside; rather too much, in bytes.
const EVENT = 2_048
const DELIVERY = 512

/** What an append of these rows adds to the database, at most; never 0. */
export const bytesOf = (rows: readonly Row[]): number =>
  rows.reduce((sum, { raw, meta, sinks }) => sum + EVENT + sinks.length * DELIVERY + 2 * (raw.byteLength + meta.length), 1)
