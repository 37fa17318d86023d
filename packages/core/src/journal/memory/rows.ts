import type { DeliveryState, DiscardRecord } from '../journal.ts'
import { createHeap } from '../window/heap.ts'
import type { Rows } from '../window/rows.ts'

/** A delivery in memory that is no longer new. */
export interface Row {
  readonly position: number
  readonly lane: string | undefined
  /** Its place in the lane, behind all places before. */
  place: number
  state: DeliveryState
  attempts: number
  replay: boolean
  /** While pending: when it may be claimed, in monotonic milliseconds. */
  due: number
  endedAt: number
  /** The token of the latest claim, until it is settled. Its lease may have ended. */
  token?: string | undefined
  error?: string | undefined
  discarded?: DiscardRecord
}

/** The rows of one sink in memory. */
export interface MemoryRows extends Rows {
  readonly get: (position: number) => Row | undefined
  /** Makes a row pending at a place behind all others. The row is new, or has ended. */
  readonly append: (row: Row) => void
  /** Takes a row that is no longer pending out of its lane, and ends its lease. */
  readonly leave: (row: Row) => void
  /** Ends a lease. The row waits until `due`. */
  readonly unlease: (row: Row, due: number) => void
  readonly delete: (position: number) => void
  /** Returns the pending rows of each lane, in order. */
  readonly lanes: () => Iterable<readonly Row[]>
}

/** Returns whether a row is leased now. */
export const isLeased = ({ token, due }: Row, now: number): boolean => token !== undefined && due > now

/** Returns whether a row waits for a retry. */
export const isDelayed = ({ state, token, attempts, due }: Row, now: number): boolean =>
  state === 'pending' && token === undefined && attempts > 0 && due > now

const byPlace = (a: Row, b: Row) => a.place - b.place

/** Creates the rows of a sink that has none yet. */
export const createRows = (): MemoryRows => {
  const rows = new Map<number, Row>()
  /** The pending rows of each lane, in order. */
  const lanes = new Map<string, Row[]>()
  const leased = new Set<Row>()
  // The rows that are first in their lane, by the time at which they are due. An item is valid while `queued` has it.
  const firsts = createHeap<{ readonly due: number; readonly row: Row }>((a, b) => a.due - b.due || byPlace(a.row, b.row))
  const queued = new Map<Row, number>()
  let pendingCount = 0

  const isFirst = (row: Row) => row.lane === undefined || lanes.get(row.lane)?.[0] === row

  const enqueue = (row: Row) => {
    if (queued.get(row) === row.due) return
    queued.set(row, row.due)
    firsts.push({ due: row.due, row })
  }

  /** Takes the valid rows out of the heap that are due by `until`, until `isEnough`. */
  const dequeue = function* (until: number): Generator<Row> {
    for (let top = firsts.peek(); top && top.due <= until; top = firsts.peek()) {
      firsts.pop()
      const { row, due } = top
      if (queued.get(row) !== due) continue
      queued.delete(row)
      if (row.state === 'pending' && row.due === due && isFirst(row)) yield row
    }
  }

  /** Makes a row pending in its lane. */
  const enter = (row: Row) => {
    pendingCount += 1
    if (row.lane !== undefined) {
      const lane = lanes.get(row.lane) ?? []
      lanes.set(row.lane, lane)
      const behind = lane.findLastIndex(({ place }) => place < row.place) + 1
      if (behind === lane.length) lane.push(row)
      else lane.splice(behind, 0, row)
    }
    if (isFirst(row)) enqueue(row)
  }

  const leave = (row: Row) => {
    pendingCount -= 1
    leased.delete(row)
    queued.delete(row)
    row.token = undefined
    const lane = row.lane === undefined ? undefined : lanes.get(row.lane)
    if (row.lane === undefined || !lane) return
    lane.splice(lane.indexOf(row), 1)
    const [first] = lane
    if (first) enqueue(first)
    else lanes.delete(row.lane)
  }

  /** The rows that wait behind others of their lane. */
  const others = () => [...lanes.values()].flatMap((lane) => lane.slice(1))

  /** Another row of the lane may be leased only after a claim that ignored lanes. */
  const isLaneLeased = (row: Row, now: number) =>
    row.lane !== undefined && [...leased].some((each) => each !== row && each.lane === row.lane && isLeased(each, now))

  return {
    hasPending: () => pendingCount > 0,
    lastPlace: (lane) => lanes.get(lane)?.at(-1)?.place,
    add: ({ position, lane, due, lease }) => {
      const row: Row = {
        position,
        lane,
        place: position,
        state: 'pending',
        attempts: lease ? 1 : 0,
        replay: false,
        due: lease?.end ?? due,
        endedAt: 0,
        token: lease?.token,
      }
      rows.set(position, row)
      if (lease) leased.add(row)
      enter(row)
    },
    candidates: ({ ordered, now, limit, readTo, isLeased: isInWindow }) => {
      const found: Row[] = []
      const passed: Row[] = []
      for (const row of dequeue(now)) {
        const mustWait = ordered && (row.place > readTo || (row.lane !== undefined && isInWindow(row.lane)) || isLaneLeased(row, now))
        if (mustWait) passed.push(row)
        else if (found.push(row) === limit) break
      }
      for (const row of [...found, ...passed]) enqueue(row)
      if (ordered || found.length === limit) return found
      const due = others().filter((row) => row.due <= now)
      return [...found, ...due].sort((a, b) => a.due - b.due).slice(0, limit)
    },
    lease: (position, token, end) => {
      const row = rows.get(position)
      if (!row) return { attempt: 1, replay: false }
      row.attempts += 1
      row.token = token
      row.due = end
      leased.add(row)
      if (isFirst(row)) enqueue(row)
      return { attempt: row.attempts, replay: row.replay }
    },
    nextDue: (ordered, now) => {
      const passed = [...dequeue(now)]
      const [next] = dequeue(Number.POSITIVE_INFINITY)
      for (const row of next ? [...passed, next] : passed) enqueue(row)
      const later = [...leased, ...(next ? [next] : []), ...(ordered ? [] : others())].filter(({ due }) => due > now)
      return later.length === 0 ? undefined : Math.min(...later.map(({ due }) => due))
    },
    get: (position) => rows.get(position),
    append: (row) => {
      rows.set(row.position, row)
      enter(row)
    },
    leave,
    unlease: (row, due) => {
      leased.delete(row)
      row.token = undefined
      row.due = due
      if (isFirst(row)) enqueue(row)
    },
    delete: (position) => rows.delete(position),
    lanes: () => lanes.values(),
  }
}
