import type { DeliveryRecord, EventFilter, NewEvent, StoredEvent } from '../journal.ts'
import { storedOf } from '../stored-event.ts'

/** An event in the memory journal. */
export interface Entry {
  readonly position: number
  event: StoredEvent
  /** The lane of its first deliveries. A reprocessed event may get its key later. */
  readonly lane: string | undefined
  readonly recordedAt: number
  /** When its last delivery ended. */
  endedAt: number
  /** The sinks that it has a delivery to. */
  sinks: readonly string[]
  duplicates: number
}

/** The events in commit order. */
export interface EventLog {
  readonly events: Map<number, Entry>
  /** The last position of an event, or place of a replay. */
  last: number
}

/** Returns the lane of an event's deliveries. */
export const laneOf = ({ app, key }: Pick<StoredEvent, 'app' | 'key'>): string | undefined =>
  key === undefined ? undefined : `${app} ${key}`

const hasDelivery = (deliveries: readonly DeliveryRecord[], { sink, state, error }: EventFilter): boolean =>
  deliveries.some(
    (delivery) =>
      (sink === undefined || delivery.sink === sink) &&
      (state === undefined || delivery.state === state) &&
      (error === undefined || (delivery.error?.includes(error) ?? false)),
  )

/** Returns whether an entry fulfils all conditions of the filter. */
export const matches = (entry: Entry, filter: EventFilter, deliveriesOf: (entry: Entry) => readonly DeliveryRecord[]): boolean => {
  const { ids, command, app, key, status, since, until, sink, state, error } = filter
  const { event } = entry
  return (
    (ids === undefined || ids.includes(event.id)) &&
    (command === undefined || command === event.command) &&
    (app === undefined || app === event.app) &&
    (key === undefined || key === event.key) &&
    (status === undefined || status === event.status) &&
    (since === undefined || event.receivedAt >= since) &&
    (until === undefined || event.receivedAt < until) &&
    ((sink === undefined && state === undefined && error === undefined) || hasDelivery(deliveriesOf(entry), filter))
  )
}

/** Copies the event for storage. The bytes are copied, since the caller may reuse their buffer. */
export const copyOf = (event: NewEvent): StoredEvent => ({ ...storedOf(event), raw: Buffer.from(event.raw) })

/** Returns the bytes of all bodies. */
export const bytesOf = (entries: Iterable<Entry>): number => [...entries].reduce((sum, { event }) => sum + event.raw.byteLength, 0)
