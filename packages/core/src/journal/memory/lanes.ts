import type { DeliveryState, StoredEvent } from '../journal.ts'

/** An event on its way to one sink, as the journal in memory keeps it. */
export interface Delivery {
  readonly event: StoredEvent
  readonly sink: string
  /** App and key in one word; a delivery without a key is a lane of its own. */
  readonly lane: unknown
  state: DeliveryState
  attempts: number
  replay: boolean
  /** While pending: the moment from which it may be handed out. */
  due: number
  endedAt: number
  /** Of the latest claim, until that is settled; the claim may be over for long. */
  token: string | undefined
  error: string | undefined
}

/** What is pending for one sink, lane by lane. */
export interface Lanes {
  /** Puts a pending delivery at the end of its lane. */
  readonly add: (delivery: Delivery) => void
  /** Takes out a delivery that has ended. */
  readonly remove: (delivery: Delivery) => void
  /** Hands out at most `max` of what is due; `next`: when there is more, `now` for at once, undefined when nothing is pending. */
  readonly claim: (request: { max: number; ordered: boolean; now: number; until: number; token: () => string }) => {
    readonly taken: readonly Delivery[]
    readonly next: number | undefined
  }
  /** Takes a claim back: the delivery waits until `due`. */
  readonly unclaim: (delivery: Delivery, due: number) => void
  readonly pending: ReadonlySet<Delivery>
  /** Each lane from its head on. */
  readonly lanes: () => Iterable<ReadonlySet<Delivery>>
}

/** Is a sink receiving this delivery right now? */
export const isLeased = ({ token, due }: Delivery, now: number): boolean => token !== undefined && due > now

/** Did it fail, and does it wait for another attempt? */
export const isDelayed = ({ state, token, attempts, due }: Delivery, now: number): boolean =>
  state === 'pending' && token === undefined && attempts > 0 && due > now

const headsOf = function* (lanes: ReadonlyMap<unknown, ReadonlySet<Delivery>>): Generator<Delivery> {
  for (const [head] of lanes.values()) if (head) yield head
}

/** The lanes of one sink, empty. */
export const createLanes = (): Lanes => {
  // A Set keeps the order in which it was filled, and that is the order of a lane.
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
      // Only what was handed out without regard to lanes can be in flight behind the head of its lane.
      const busy = new Set(inFlight.map(({ lane }) => lane))
      let next = Math.min(...inFlight.map(({ due }) => due))
      const due: Delivery[] = []
      for (const delivery of ordered ? headsOf(lanes) : pending) {
        if (delivery.due > now) next = Math.min(next, delivery.due)
        else if (!ordered || !busy.has(delivery.lane)) due.push(delivery)
      }
      // What waits for longest comes first, so that one that fails does not use up its attempts while others wait for their first.
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
