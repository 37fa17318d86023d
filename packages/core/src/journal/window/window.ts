import { createHeap } from './heap.ts'
import type { LogDelivery, RowCandidate, Rows } from './rows.ts'

export type { CandidateRequest, LogDelivery, RowCandidate, Rows, SpilledDelivery } from './rows.ts'

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

/** A lease, as the caller of `settle` names it. */
export interface LeaseOf {
  readonly position: number
  readonly id: string
  readonly token: string
}

/** What the window has finished. */
export interface Progress {
  /** All deliveries up to this position are finished or have a row, except those of `pending`. All deliveries behind it are pending. */
  readonly readTo: number
  /** The pending deliveries up to `readTo`, in order. Leased ones may have been handed out. */
  readonly pending: readonly { readonly position: number; readonly isLeased: boolean }[]
}

/** The options of a window. */
export interface WindowOptions {
  /** How many deliveries it holds; default WINDOW_SIZE. */
  readonly size?: number
  /** Called with the reversal of each change, for a journal whose transactions may fail. They are run in reverse order. */
  readonly onChange?: (undo: () => void) => void
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
  readonly settle: (claim: LeaseOf, outcome: 'delivered' | 'released' | 'retry' | 'dead') => 'settled' | 'row'
  /** Whether this is the latest lease of a delivery in the window. */
  readonly holds: (claim: LeaseOf) => boolean
  /** To be called when a row of the lane is no longer pending. */
  readonly rowEnded: (lane: string | undefined) => void
  /** Makes rows of all deliveries of a lane. A row can then be added behind them. */
  readonly spillLane: (lane: string) => void
  /** Makes a row of a delivery, and of those before it in its lane. */
  readonly spill: (position: number) => void
  /** The state of a delivery that has no row. Undefined when it is delivered. */
  readonly pendingState: (position: number, now: number) => { readonly attempts: number; readonly isLeased: boolean } | undefined
  /** The number of deliveries that the window holds of a lane. */
  readonly countLane: (lane: string) => number
  /** The last position that was read. Later ones are not in the window. */
  readonly readTo: () => number
  /** Tells the window that the row of a delivered delivery is removed. False: the row must stay, since the window has not read so far. */
  readonly forgetRow: (position: number) => boolean
  /** What is finished when the log ends at `end`. */
  readonly progress: (end: number) => Progress
  /** Whether a lease has ended. */
  readonly hasExpired: (now: number) => boolean
  /** Makes rows of the deliveries whose leases have ended. */
  readonly expire: (now: number) => void
  /** Fills a new window with what was pending up to `readTo`, the end of the log or before it. What was leased becomes a row. */
  readonly restore: (pending: readonly (LogDelivery & { readonly isLeased: boolean })[], readTo: number, isEnd: boolean) => void
  /** Moves the ends of the leases back. */
  readonly shift: (by: number, now: number) => void
}

interface Entry extends LogDelivery {
  readonly group: Lane | undefined
  /** `ready`: an ordered claim may lease it. `gone`: the window no longer holds it. */
  state: 'waiting' | 'ready' | 'leased' | 'gone'
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

/**
 * How many positions a claim reads at most. Behind a failing head of a lane each of them becomes a row, and appends wait meanwhile: with
 * SQLite some 150 ms. A claim that has not read to the end of the log says that more is ready.
 */
const MAX_READ = 2 * WINDOW_SIZE

const NO_CANDIDATES: readonly RowCandidate[] = []
const END_OF_LOG = Number.POSITIVE_INFINITY

/** Creates the empty window of a sink, at the end of its log. */
export const createWindow = (
  rows: Rows,
  log: Log,
  newToken: (position: number) => string,
  { size = WINDOW_SIZE, onChange = () => {} }: WindowOptions = {},
): Window => {
  const entries = new Map<number, Entry>()
  const lanes = new Map<string, Lane>()
  const leased = new Set<Entry>()
  const ready = createHeap<Entry>((a, b) => a.position - b.position)
  let readyCount = 0
  /** What is appended at the end of the log enters the window. */
  let readTo = END_OF_LOG
  /** The last position that was ever leased, or has left the window. */
  let touchedTo = 0
  /** Whether the entries are in the order of the log. */
  let isSorted = true

  // Needs no reversal: it only decides which pending positions are listed one by one.
  const touch = (position: number) => {
    touchedTo = Math.max(touchedTo, position)
  }

  const setReadTo = (position: number) => {
    const before = readTo
    readTo = position
    onChange(() => {
      readTo = before
    })
  }

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
    if (first?.state === 'waiting' && isFree(lane)) makeReady(first)
    else if (first?.state === 'ready' && !isFree(lane)) {
      first.state = 'waiting'
      readyCount -= 1
    }
  }

  const setBehindRows = (lane: Lane, isBehindRows: boolean) => {
    if (lane.isBehindRows === isBehindRows) return
    lane.isBehindRows = isBehindRows
    refresh(lane)
    onChange(() => {
      lane.isBehindRows = !isBehindRows
      refresh(lane)
    })
  }

  // The changes of an entry, each beside its reversal.

  const setLeased = (entry: Entry) => {
    const { group } = entry
    if (entry.state === 'ready') readyCount -= 1
    entry.state = 'leased'
    leased.add(entry)
    if (!group) return
    group.leased += 1
    refresh(group)
  }

  const setUnleased = (entry: Entry) => {
    const { group } = entry
    entry.state = 'waiting'
    leased.delete(entry)
    if (!group) return makeReady(entry)
    group.leased -= 1
    refresh(group)
  }

  /** Puts an entry between its neighbours. */
  const putIn = (entry: Entry) => {
    const { position, group, previous, next } = entry
    entries.set(position, entry)
    entry.state = 'waiting'
    if (!group) return
    if (!group.first) lanes.set(group.name, group)
    if (previous) previous.next = entry
    else group.first = entry
    if (next) next.previous = entry
    else group.last = entry
  }

  const takeOut = (entry: Entry) => {
    const { position, group, previous, next, state } = entry
    entries.delete(position)
    if (state === 'ready') readyCount -= 1
    entry.state = 'gone'
    leased.delete(entry)
    if (!group) return
    if (state === 'leased') group.leased -= 1
    if (previous) previous.next = next
    else group.first = next
    if (next) next.previous = previous
    else group.last = previous
    if (group.first) refresh(group)
    else lanes.delete(group.name)
  }

  const lease = (entry: Entry, end: number): string => {
    entry.token = newToken(entry.position)
    entry.leaseEnd = end
    setLeased(entry)
    touch(entry.position)
    onChange(() => setUnleased(entry))
    return entry.token
  }

  const release = (entry: Entry) => {
    setUnleased(entry)
    onChange(() => setLeased(entry))
  }

  const remove = (entry: Entry) => {
    const { state, group } = entry
    takeOut(entry)
    touch(entry.position)
    onChange(() => {
      putIn(entry)
      isSorted = false
      if (state === 'leased') setLeased(entry)
      else if (group) refresh(group)
      else makeReady(entry)
    })
  }

  const spillOne = (entry: Entry) => {
    const { position, id, lane, due, state, token, leaseEnd } = entry
    remove(entry)
    rows.add({ position, id, lane, due, ...(state === 'leased' && { lease: { token, end: leaseEnd } }) })
  }

  const spillThrough = (entry: Entry) => {
    const { group } = entry
    if (!group) return spillOne(entry)
    setBehindRows(group, true)
    for (let each = group.first; each && each.position <= entry.position; each = group.first) spillOne(each)
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
    return { name, first: undefined, last: undefined, leased: 0, isBehindRows: lastRow !== undefined }
  }

  const insert = (delivery: LogDelivery, slots?: LeaseSlots): string | undefined => {
    const { position, id, lane, due } = delivery
    const group = lane === undefined ? undefined : (lanes.get(lane) ?? openLane(lane, position))
    if (lane !== undefined && !group) {
      rows.add(delivery)
      return undefined
    }
    const rest = { state: 'waiting', isQueued: false, token: '', leaseEnd: 0, previous: group?.last, next: undefined } as const
    const entry: Entry = { position, id, lane, due, group, ...rest }
    putIn(entry)
    onChange(() => takeOut(entry))
    const isFirst = !group || (group.first === entry && isFree(group))
    if (slots && slots.free > 0 && (isFirst || !slots.ordered)) {
      slots.free -= 1
      return lease(entry, slots.leaseEnd)
    }
    if (isFirst) makeReady(entry)
    return undefined
  }

  /** Reads on, and returns how many positions it read. */
  const readOn = (max: number): number => {
    if (entries.size >= size) spillWaiting()
    const from = readTo
    const { deliveries, readTo: reached, isEnd } = log.read(from, Math.max(size - entries.size, max + 1))
    for (const delivery of deliveries) insert(delivery)
    setReadTo(isEnd ? END_OF_LOG : reached)
    return reached - from
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
    let next = (rows.hasPending() ? rows.nextDue(ordered, now) : undefined) ?? END_OF_LOG
    for (const { leaseEnd } of leased) next = Math.min(next, leaseEnd)
    return next === END_OF_LOG ? undefined : next
  }

  const held = ({ position, id, token }: LeaseOf): Entry | undefined => {
    const entry = entries.get(position)
    return entry?.state === 'leased' && entry.token === token && entry.id === id ? entry : undefined
  }

  return {
    add: (delivery, slots) => {
      if (readTo < delivery.position) return undefined
      if (entries.size < size) return insert(delivery, slots)
      setReadTo(delivery.position - 1)
      return undefined
    },
    claim: ({ max, leaseMs, ordered }, now) => {
      spillExpired(now)
      const isLeased = (lane: string) => (lanes.get(lane)?.leased ?? 0) > 0
      const findRows = () => (rows.hasPending() ? rows.candidates({ ordered, now, limit: max + 1, readTo, isLeased }) : NO_CANDIDATES)
      const countFree = () => (ordered ? readyCount : entries.size - leased.size)
      let due = findRows()
      for (let read = 0; due.length + countFree() <= max && readTo < END_OF_LOG && read < MAX_READ; due = findRows()) read += readOn(max)
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
      if (leasedRows < due.length || countFree() > 0 || readTo < END_OF_LOG) return { claims, waitMs: 0 }
      const next = nextDue(ordered, now)
      return { claims, ...(next !== undefined && { waitMs: next - now }) }
    },
    holds: (claim) => held(claim) !== undefined,
    settle: (claim, outcome) => {
      const entry = held(claim)
      if (!entry) return 'row'
      if (outcome === 'delivered') remove(entry)
      else if (outcome === 'released') release(entry)
      else {
        spillThrough(entry)
        return 'row'
      }
      return 'settled'
    },
    rowEnded: (name) => {
      const lane = name === undefined ? undefined : lanes.get(name)
      if (lane?.isBehindRows && rows.lastPlace(lane.name) === undefined) setBehindRows(lane, false)
    },
    spillLane: (name) => {
      const last = lanes.get(name)?.last
      if (last) spillThrough(last)
    },
    spill: (position) => {
      const entry = entries.get(position)
      if (entry) spillThrough(entry)
    },
    forgetRow: (position) => {
      if (position > readTo) return false
      touch(position)
      return true
    },
    hasExpired: (now) => [...leased].some(({ leaseEnd }) => leaseEnd <= now),
    expire: spillExpired,
    shift: (by, now) => {
      for (const entry of leased) if (entry.leaseEnd > now) entry.leaseEnd -= by
    },
    pendingState: (position, now) => {
      const entry = entries.get(position)
      if (!entry) return position > readTo ? { attempts: 0, isLeased: false } : undefined
      return { attempts: entry.state === 'leased' ? 1 : 0, isLeased: entry.state === 'leased' && entry.leaseEnd > now }
    },
    countLane: (name) => {
      let count = 0
      for (let entry = lanes.get(name)?.first; entry; entry = entry.next) count += 1
      return count
    },
    readTo: () => readTo,
    progress: (end) => {
      const pending: { position: number; isLeased: boolean }[] = []
      let untouched = Math.min(readTo, end) + 1
      for (const { position, state } of entries.values()) {
        if (position <= touchedTo) pending.push({ position, isLeased: state === 'leased' })
        else {
          untouched = Math.min(untouched, position)
          if (isSorted) break
        }
      }
      if (!isSorted) pending.sort((a, b) => a.position - b.position)
      return { readTo: untouched - 1, pending }
    },
    restore: (pending, to, isEnd) => {
      touchedTo = to
      for (const delivery of pending) insert(delivery)
      readTo = isEnd ? END_OF_LOG : to
      for (const { position, isLeased } of pending) {
        const entry = isLeased ? entries.get(position) : undefined
        if (entry) lease(entry, Number.NEGATIVE_INFINITY)
      }
      spillExpired(Number.NEGATIVE_INFINITY)
    },
  }
}
