import type { EventFilter, NewEvent, StoredEvent } from '../journal.ts'
import { storedOf } from '../stored-event.ts'
import type { Delivery } from './lanes.ts'

/** An event in the memory journal. */
export interface Entry {
  readonly position: number
  event: StoredEvent
  readonly recordedAt: number
  readonly deliveries: Map<string, Delivery>
  duplicates: number
}

const hasDelivery = ({ deliveries }: Entry, { sink, state, error }: EventFilter): boolean => {
  if (sink === undefined && state === undefined && error === undefined) return true
  const candidates = sink === undefined ? [...deliveries.values()] : [deliveries.get(sink)]
  return candidates.some(
    (delivery) =>
      delivery !== undefined &&
      (state === undefined || delivery.state === state) &&
      (error === undefined || (delivery.error?.includes(error) ?? false)),
  )
}

/** Returns whether an entry fulfils all conditions of the filter. */
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
    hasDelivery(entry, filter)
  )
}

/** Copies the event for storage. The bytes are copied, since the caller may reuse their buffer. */
export const copyOf = (event: NewEvent): StoredEvent => ({ ...storedOf(event), raw: Buffer.from(event.raw) })

/** Returns the bytes of all bodies. */
export const bytesOf = (entries: Iterable<Entry>): number => [...entries].reduce((sum, { event }) => sum + event.raw.byteLength, 0)
