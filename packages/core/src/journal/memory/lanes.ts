import type { DeliveryState, DiscardRecord, StoredEvent } from '../journal.ts'

/** A delivery in the memory journal. */
export interface Delivery {
  readonly event: StoredEvent
  readonly sink: string
  /** Identifies the app and key. A delivery without a key has a lane of its own. */
  readonly lane: unknown
  state: DeliveryState
  attempts: number
  replay: boolean
  /** While pending: when it may be claimed, in monotonic milliseconds. */
  due: number
  endedAt: number
  /** The token of the latest claim, until it is settled. Its lease may have ended. */
  token: string | undefined
  error: string | undefined
  discarded: DiscardRecord | undefined
}

/** The pending deliveries of one sink, by lane. */
export interface Lanes {
  /** Adds a pending delivery at the end of its lane. */
  readonly add: (delivery: Delivery) => void
  /** Removes a delivery that has ended. */
  readonly remove: (delivery: Delivery) => void
  /** Leases at most `max` due deliveries. `next`: when more are due; `now` for at once, undefined when none is pending. */
  readonly claim: (request: { max: number; ordered: boolean; now: number; until: number; token: () => string }) => {
    readonly taken: readonly Delivery[]
    readonly next: number | undefined
  }
  /** Ends a lease. The delivery waits until `due`. */
  readonly unclaim: (delivery: Delivery, due: number) => void
  readonly pending: ReadonlySet<Delivery>
  /** Returns the deliveries of each lane in order. */
  readonly lanes: () => Iterable<ReadonlySet<Delivery>>
}

/** Returns whether a delivery is leased now. */
export const isLeased = ({ token, due }: Delivery, now: number): boolean => token !== undefined && due > now

/** Returns whether a delivery waits for a retry. */
export const isDelayed = ({ state, token, attempts, due }: Delivery, now: number): boolean =>
  state === 'pending' && token === undefined && attempts > 0 && due > now

const headsOf = function* (lanes: ReadonlyMap<unknown, ReadonlySet<Delivery>>): Generator<Delivery> {
  for (const [head] of lanes.values()) if (head) yield head
}

/** Creates the empty lanes of a sink. */
export const createLanes = (): Lanes => {
  // A Set keeps the order of insertion, which is the order of a lane.
  const pending = new Set<Delivery>()
  const lanes = new Map<unknown, Set<Delivery>>()
  const claimed = new Set<Delivery>()

  return {
    pending,
    lanes: () => lanes.values(),
    add: (delivery) => {
      pending.add(delivery)
      const lane = lanes.get(delivery.lane)
      if (lane) lane.add(delivery)
      else lanes.set(delivery.lane, new Set([delivery]))
    },
    remove: (delivery) => {
      const lane = lanes.get(delivery.lane)
      lane?.delete(delivery)
      if (lane?.size === 0) lanes.delete(delivery.lane)
      pending.delete(delivery)
      claimed.delete(delivery)
      delivery.token = undefined
    },
    claim: ({ max, ordered, now, until, token }) => {
      const inFlight = [...claimed].filter((delivery) => isLeased(delivery, now))
      // A delivery that is not the first of its lane can be in flight only after a claim that ignored lanes.
      const busy = new Set(inFlight.map(({ lane }) => lane))
      let next = Math.min(...inFlight.map(({ due }) => due))
      const due: Delivery[] = []
      for (const delivery of ordered ? headsOf(lanes) : pending) {
        if (delivery.due > now) next = Math.min(next, delivery.due)
        else if (!ordered || !busy.has(delivery.lane)) due.push(delivery)
      }
      // The longest wait comes first. Otherwise a failing delivery would use up its attempts while others wait for their first.
      const taken = due.sort((a, b) => a.due - b.due).slice(0, max)
      if (due.length > 0) next = Math.min(next, due.length > max ? now : until)
      for (const delivery of taken) {
        delivery.attempts += 1
        delivery.due = until
        delivery.token = token()
        claimed.add(delivery)
      }
      return { taken, next: pending.size === 0 ? undefined : next }
    },
    unclaim: (delivery, due) => {
      claimed.delete(delivery)
      delivery.token = undefined
      delivery.due = due
    },
  }
}
