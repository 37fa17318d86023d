import type { NewEvent, StoredEvent } from '@callboard/core'
import { errorMessage } from '../util/errors.ts'
import { fromSql, type SqlText } from './sql-text.ts'

type Columns = Pick<NewEvent, 'id' | 'app' | 'command' | 'key' | 'dedupeKey' | 'status' | 'receivedAt' | 'eventTime' | 'raw'>
// Every field must be written where a row is made, also one that may be undefined.
type AllFields<T> = { readonly [Field in keyof Required<T>]: T[Field] }

/** An event as it is sent to the worker: flat and checked. */
export interface EventRow extends AllFields<Columns> {
  /** JSON of the fields that are never searched. */
  readonly meta: string
  readonly sinks: readonly string[]
}

type Meta = Pick<StoredEvent, 'query' | 'rebuilt' | 'decision' | 'reasons'>

const isString = (value: unknown): boolean => typeof value === 'string'
const isOptionalString = (value: unknown): boolean => value === undefined || isString(value)

// A caller in JavaScript may pass other types. One such event must not fail the rest of its batch.
const isValid = ({ id, app, command, key, dedupeKey, status, receivedAt, eventTime = 0, raw, sinks }: NewEvent): boolean =>
  [id, command, status, ...sinks].every(isString) &&
  [key, dedupeKey].every(isOptionalString) &&
  Number.isSafeInteger(app) &&
  Number.isFinite(receivedAt) &&
  Number.isFinite(eventTime) &&
  raw instanceof Uint8Array

/** Returns the row of an event, or the reason why it can never be stored. */
export const toEventRow = (event: NewEvent): EventRow | { readonly error: string } => {
  try {
    if (!isValid(event)) return { error: 'invalid event: a field is missing or has the wrong type' }
    const { id, app, command, key, dedupeKey, status, receivedAt, eventTime, raw, sinks, query, rebuilt, decision, reasons } = event
    const meta = JSON.stringify({ query, rebuilt, decision, reasons })
    return { id, app, command, key, dedupeKey, status, receivedAt, eventTime, raw, sinks, meta }
  } catch (error) {
    return { error: errorMessage(error) }
  }
}

/** Returns a row without its body. */
export const withoutRaw = ({
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
}: EventRow): Omit<EventRow, 'raw'> => ({
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

// Only `toEventRow` writes it.
const parseMeta = (meta: string): Meta => JSON.parse(meta) as Meta

/** Returns `meta` without the reasons for which the event was quarantined. */
export const withoutReasons = (meta: string): string => {
  const { reasons: _, ...rest } = parseMeta(meta)
  return JSON.stringify(rest)
}

/** The columns of an event, without its body. */
export const EVENT_COLUMNS = 'e.seq, e.id, e.app, e.command, e.key, e.status, e.received_at, e.event_time, e.meta, e.duplicates, e.route'

/** The row of a query for EVENT_COLUMNS. */
export interface EventColumns {
  readonly seq: number
  readonly id: SqlText
  readonly app: number
  readonly command: SqlText
  readonly key: SqlText | null
  readonly status: StoredEvent['status']
  readonly received_at: number
  readonly event_time: number | null
  readonly meta: string
  readonly duplicates: number
  readonly route: number
}

/** Returns the event of a row. */
export const toEvent = (row: EventColumns): Omit<StoredEvent, 'raw'> => ({
  id: fromSql(row.id),
  app: row.app,
  command: fromSql(row.command),
  ...(row.key !== null && { key: fromSql(row.key) }),
  status: row.status,
  receivedAt: row.received_at,
  ...(row.event_time !== null && { eventTime: row.event_time }),
  ...parseMeta(row.meta),
})

// The share of an event and of a delivery in tables and indexes, without the body. Rather too much.
const EVENT_OVERHEAD_BYTES = 2_048
const DELIVERY_OVERHEAD_BYTES = 512

/** Returns the number of bytes that an append of these rows adds to the database at most. Never 0. */
export const maxBytesOf = (rows: readonly EventRow[]): number =>
  rows.reduce(
    (sum, { raw, meta, sinks }) => sum + EVENT_OVERHEAD_BYTES + sinks.length * DELIVERY_OVERHEAD_BYTES + 2 * (raw.byteLength + meta.length),
    1,
  )
