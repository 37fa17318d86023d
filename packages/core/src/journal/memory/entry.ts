import type { EventFilter, NewEvent, StoredEvent } from '../journal.ts'
import { storedOf } from '../stored-event.ts'
import type { Delivery } from './lanes.ts'

/** An event as the journal in memory keeps it. */
export interface Entry {
  readonly position: number
  event: StoredEvent
  readonly recordedAt: number
  readonly deliveries: Map<string, Delivery>
  duplicates: number
}

const has = ({ deliveries }: Entry, { sink, state, error }: EventFilter): boolean => {
  if (sink === undefined && state === undefined && error === undefined) return true
  const asked = sink === undefined ? [...deliveries.values()] : [deliveries.get(sink)]
  return asked.some(
    (delivery) =>
      delivery !== undefined &&
      (state === undefined || delivery.state === state) &&
      (error === undefined || (delivery.error?.includes(error) ?? false)),
  )
}

/** Does it, with its deliveries, fulfil every condition? */
export const matches = (entry: Entry, filter: EventFilter): boolean => {
  const { ids, command, app, key, status, since, until } = filter
  const { event } = entry
  return (
    (ids === undefined || ids.includes(event.id)) &&
    (command === undefined || command === event.command) &&
    (app === undefined || app === event.app) &&
    (key === undefined || key === event.key) &&
    (status === undefined || status === event.status) &&
    (since === undefined || event.receivedAt >= since) &&
    (until === undefined || event.receivedAt < until) &&
    has(entry, filter)
  )
}

/** The event as it is kept: a copy of the bytes, since the caller's may be part of a larger buffer that is used again. */
export const kept = (event: NewEvent): StoredEvent => ({ ...storedOf(event), raw: Buffer.from(event.raw) })

/** Bytes of all their bodies. */
export const bytesOf = (entries: Iterable<Entry>): number => [...entries].reduce((sum, { event }) => sum + event.raw.byteLength, 0)
