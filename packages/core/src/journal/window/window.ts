import { createHeap } from './heap.ts'
import type { LogDelivery, RowCandidate, Rows } from './rows.ts'

// The deliveries of one sink, in the order of the log:
//
//   finished, except those that have a row  |  the window  |  not read yet
//                                                          readTo
//
// The window holds the deliveries before `readTo` that are pending and were never tried, or are in their first attempt. An attempt that
// does not deliver turns its delivery into a row. So a delivery without a row is pending while the window holds it or has not read it,
// and delivered after that. In a lane all pending rows come before the window.

/** How many deliveries of a sink the window holds. */
export const WINDOW_SIZE = 4_096

/** How many new deliveries an append may lease. */
export interface LeaseSlots {
  free: number
  readonly ordered: boolean
  readonly leaseEnd: number
}

/** A leased delivery. */
export interface WindowClaim {
  readonly position: number
  readonly token: string
  readonly attempt: number
  readonly replay: boolean
}

/** Where the window reads on. */
export interface Log {
  /** Returns at most `limit` deliveries behind `after` that have no row, how far it read, and whether that is the end of the log. */
  readonly read: (
    after: number,
    limit: number,
  ) => { readonly deliveries: readonly LogDelivery[]; readonly readTo: number; readonly isEnd: boolean }
}

/** The window of one sink. All times are those of the journal's clock. */
export interface Window {
  /** Adds a delivery at the end of the log. Leases it and returns the token, if there is a free slot and its lane is free. */
  readonly add: (delivery: LogDelivery, slots?: LeaseSlots) => string | undefined
  /** Leases deliveries of the window and rows, as `claim` of a journal does. */
  readonly claim: (
    request: { readonly max: number; readonly leaseMs: number; readonly ordered: boolean },
    now: number,
  ) => { readonly claims: readonly WindowClaim[]; readonly waitMs?: number }
  /** Settles a delivery of the window. `row`: the delivery is a row, or has become one now; the caller settles that. */
  readonly settle: (position: number, token: string, outcome: 'delivered' | 'released' | 'retry' | 'dead') => 'settled' | 'row'
  /** To be called when a row of the lane is no longer pending. */
  readonly rowEnded: (lane: string | undefined) => void
  /** Makes rows of all deliveries of a lane. A row can then be added behind them. */
  readonly spillLane: (lane: string) => void
  /** Makes a row of a delivery, and of those before it in its lane. */
  readonly spill: (position: number) => void
  /** The state of a delivery that has no row. Undefined when it is delivered. */
  readonly pendingState: (position: number, now: number) => { readonly attempts: number; readonly isLeased: boolean } | undefined
  /** The number of leases that have not ended. */
  readonly countLeased: (now: number) => number
  /** The number of deliveries that the window holds of a lane. */
  readonly countLane: (lane: string) => number
  /** The last position that was read. Later ones are not in the window. */
  readonly readTo: () => number
}

interface Entry extends LogDelivery {
  /** `ready`: an ordered claim may lease it. */
  state: 'waiting' | 'ready' | 'leased'
  /** Whether it is in the heap of ready entries. Entries of another state stay in the heap until they come up. */
  isQueued: boolean
  token: string
  leaseEnd: number
  previous: Entry | undefined
  next: Entry | undefined
}

/** The entries of one lane, as a linked list. */
interface Lane {
  readonly name: string
  first: Entry | undefined
  last: Entry | undefined
  leased: number
  /** A row of the lane is pending. */
  isBehindRows: boolean
}

const NO_CANDIDATES: readonly RowCandidate[] = []

/** Creates the empty window of a sink, at the end of its log. */
export const createWindow = (rows: Rows, log: Log, newToken: (position: number) => string, size = WINDOW_SIZE): Window => {
  /** In the order of the log. */
  const entries = new Map<number, Entry>()
  const lanes = new Map<string, Lane>()
  const leased = new Set<Entry>()
  const ready = createHeap<Entry>((a, b) => a.position - b.position)
  let readyCount = 0
  /** Infinity at the end of the log: what is appended there enters the window. */
  let readTo = Number.POSITIVE_INFINITY

  const makeReady = (entry: Entry) => {
    entry.state = 'ready'
    readyCount += 1
    if (!entry.isQueued) ready.push(entry)
    entry.isQueued = true
  }

  const isFree = (lane: Lane) => !lane.isBehindRows && lane.leased === 0

  /** Brings the state of the first entry of a lane up to date. */
  const refresh = (lane: Lane) => {
    const { first } = lane
    if (!first || first.state === 'leased') return
    if (first.state === 'waiting' && isFree(lane)) makeReady(first)
    else if (first.state === 'ready' && !isFree(lane)) {
      first.state = 'waiting'
      readyCount -= 1
    }
  }

  const lease = (entry: Entry, end: number): string => {
    if (entry.state === 'ready') readyCount -= 1
    entry.state = 'leased'
    entry.token = newToken(entry.position)
    entry.leaseEnd = end
    leased.add(entry)
    const lane = laneOf(entry)
    if (lane) {
      lane.leased += 1
      refresh(lane)
    }
    return entry.token
  }

  const laneOf = ({ lane }: Entry): Lane | undefined => (lane === undefined ? undefined : lanes.get(lane))

  const endLease = (entry: Entry, lane: Lane | undefined) => {
    if (!leased.delete(entry)) return
    if (lane) lane.leased -= 1
  }

  const remove = (entry: Entry) => {
    const lane = laneOf(entry)
    entries.delete(entry.position)
    if (entry.state === 'ready') readyCount -= 1
    endLease(entry, lane)
    // Stays in the heap, where only ready entries count.
    entry.state = 'waiting'
    if (!lane) return
    if (entry.previous) entry.previous.next = entry.next
    else lane.first = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else lane.last = entry.previous
    if (lane.first) refresh(lane)
    else lanes.delete(lane.name)
  }

  const spillOne = (entry: Entry) => {
    const { position, lane, due, state, token, leaseEnd } = entry
    remove(entry)
    rows.add({ position, lane, due, ...(state === 'leased' && { lease: { token, end: leaseEnd } }) })
  }

  const spillThrough = (entry: Entry) => {
    const lane = laneOf(entry)
    if (!lane) return spillOne(entry)
    lane.isBehindRows = true
    refresh(lane)
    for (let each = lane.first; each && each.position <= entry.position; each = lane.first) spillOne(each)
  }

  /** Makes room by spilling what waits. What is ready or alone in its lane stays. */
  const spillWaiting = () => {
    for (const { first, last, isBehindRows } of [...lanes.values()]) if (last && (isBehindRows || first !== last)) spillThrough(last)
  }

  const spillExpired = (now: number) => {
    for (const entry of leased) if (entry.leaseEnd <= now) spillThrough(entry)
  }

  const openLane = (name: string, position: number): Lane | undefined => {
    const lastRow = rows.hasPending() ? rows.lastPlace(name) : undefined
    // A replay has gone to the end of a lane that was not read to its end.
    if (lastRow !== undefined && lastRow > position) return undefined
    const lane: Lane = { name, first: undefined, last: undefined, leased: 0, isBehindRows: lastRow !== undefined }
    lanes.set(name, lane)
    return lane
  }

  const insert = (delivery: LogDelivery, slots?: LeaseSlots): string | undefined => {
    const { position, lane: name, due } = delivery
    const lane = name === undefined ? undefined : (lanes.get(name) ?? openLane(name, position))
    if (name !== undefined && !lane) {
      rows.add(delivery)
      return undefined
    }
    const previous = lane?.last
    const entry: Entry = { position, lane: name, due, state: 'waiting', isQueued: false, token: '', leaseEnd: 0, previous, next: undefined }
    entries.set(position, entry)
    if (lane) {
      lane.last = entry
      if (previous) previous.next = entry
      else lane.first = entry
    }
    const isFirst = !lane || (lane.first === entry && isFree(lane))
    if (slots && slots.free > 0 && (isFirst || !slots.ordered)) {
      slots.free -= 1
      return lease(entry, slots.leaseEnd)
    }
    if (isFirst) makeReady(entry)
    return undefined
  }

  const readOn = (max: number) => {
    if (entries.size >= size) spillWaiting()
    const { deliveries, readTo: reached, isEnd } = log.read(readTo, Math.max(size - entries.size, max + 1))
    for (const delivery of deliveries) insert(delivery)
    readTo = isEnd ? Number.POSITIVE_INFINITY : reached
  }

  const firstReady = (): Entry | undefined => {
    for (;;) {
      const first = ready.peek()
      if (!first || first.state === 'ready') return first
      ready.pop()
      first.isQueued = false
    }
  }

  /** Returns a function that returns the next entry to lease. Without order, those that wait in a lane come after those that are ready. */
  const entriesToLease = (ordered: boolean): (() => Entry | undefined) => {
    const all = entries.values()
    let waiting: Entry | undefined
    return () => {
      const first = firstReady()
      if (first || ordered) return first
      while (waiting?.state !== 'waiting') {
        const { value, done } = all.next()
        if (done) return undefined
        waiting = value
      }
      return waiting
    }
  }

  const nextDue = (ordered: boolean, now: number): number | undefined => {
    let next = (rows.hasPending() ? rows.nextDue(ordered, now) : undefined) ?? Number.POSITIVE_INFINITY
    for (const { leaseEnd } of leased) next = Math.min(next, leaseEnd)
    return Number.isFinite(next) ? next : undefined
  }

  return {
    add: (delivery, slots) => {
      if (readTo < delivery.position) return undefined
      if (entries.size < size) return insert(delivery, slots)
      readTo = delivery.position - 1
      return undefined
    },
    claim: ({ max, leaseMs, ordered }, now) => {
      spillExpired(now)
      const isLeased = (lane: string) => (lanes.get(lane)?.leased ?? 0) > 0
      const findRows = () => (rows.hasPending() ? rows.candidates({ ordered, now, limit: max + 1, readTo, isLeased }) : NO_CANDIDATES)
      const countFree = () => (ordered ? readyCount : entries.size - leased.size)
      let due = findRows()
      while (due.length + countFree() <= max && readTo < Number.POSITIVE_INFINITY) {
        readOn(max)
        due = findRows()
      }
      const nextEntry = entriesToLease(ordered)
      const end = now + leaseMs
      const claims: WindowClaim[] = []
      let leasedRows = 0
      while (claims.length < max) {
        const row = due[leasedRows]
        const entry = nextEntry()
        // The longest wait comes first. Otherwise a failing delivery would use up its attempts while others wait for their first.
        if (row && (!entry || row.due <= entry.due)) {
          leasedRows += 1
          const token = newToken(row.position)
          claims.push({ position: row.position, token, ...rows.lease(row.position, token, end) })
        } else if (entry) claims.push({ position: entry.position, token: lease(entry, end), attempt: 1, replay: false })
        else break
      }
      if (leasedRows < due.length || countFree() > 0) return { claims, waitMs: 0 }
      const next = nextDue(ordered, now)
      return { claims, ...(next !== undefined && { waitMs: next - now }) }
    },
    settle: (position, token, outcome) => {
      const entry = entries.get(position)
      if (entry?.state !== 'leased' || entry.token !== token) return 'row'
      if (outcome === 'delivered') remove(entry)
      else if (outcome !== 'released') {
        spillThrough(entry)
        return 'row'
      } else {
        const lane = laneOf(entry)
        endLease(entry, lane)
        entry.state = 'waiting'
        if (lane) refresh(lane)
        else makeReady(entry)
      }
      return 'settled'
    },
    rowEnded: (name) => {
      const lane = name === undefined ? undefined : lanes.get(name)
      if (!lane?.isBehindRows || rows.lastPlace(lane.name) !== undefined) return
      lane.isBehindRows = false
      refresh(lane)
    },
    spillLane: (name) => {
      const last = lanes.get(name)?.last
      if (last) spillThrough(last)
    },
    spill: (position) => {
      const entry = entries.get(position)
      if (entry) spillThrough(entry)
    },
    pendingState: (position, now) => {
      const entry = entries.get(position)
      if (!entry) return position > readTo ? { attempts: 0, isLeased: false } : undefined
      return { attempts: entry.state === 'leased' ? 1 : 0, isLeased: entry.state === 'leased' && entry.leaseEnd > now }
    },
    countLeased: (now) => [...leased].filter(({ leaseEnd }) => leaseEnd > now).length,
    countLane: (name) => {
      let count = 0
      for (let entry = lanes.get(name)?.first; entry; entry = entry.next) count += 1
      return count
    },
    readTo: () => readTo,
  }
}
