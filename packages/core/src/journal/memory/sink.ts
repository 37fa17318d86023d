import type { Clock } from '../../util/clock.ts'
import type { BlockedKey, Claim, ClaimRequest, ClaimResult, DeliveryRecord, DeliveryState, Outcome, SinkStats } from '../journal.ts'
import type { LogDelivery } from '../window/rows.ts'
import { createWindow, type LeaseSlots } from '../window/window.ts'
import { type Entry, type EventLog, laneOf } from './entry.ts'
import { createRows, isDelayed, isLeased, type Row } from './rows.ts'

/** Counts of waiting deliveries stop here. */
const MAX_COUNTED = 1_000

/** The deliveries of one sink in memory. */
export interface MemorySink {
  /** Adds the delivery of a new event. Returns the token if it is leased at once. */
  readonly add: (entry: Entry, slots: LeaseSlots | undefined) => string | undefined
  /** Adds a delivery of an older event. */
  readonly addLate: (entry: Entry) => void
  readonly claim: (request: Omit<ClaimRequest, 'sink'>) => ClaimResult
  /** Returns false when the token is not the latest one of a pending delivery. */
  readonly settle: (entry: Entry, token: string, outcome: Outcome) => boolean
  readonly replay: (entry: Entry) => void
  readonly discard: (entry: Entry, by: string) => void
  readonly record: (entry: Entry) => DeliveryRecord
  /** When a dead delivery ended. Undefined for any other. */
  readonly deadSince: (entry: Entry) => number | undefined
  readonly isInFlight: (entry: Entry) => boolean
  readonly blocked: (limit: number) => readonly BlockedKey[]
  /** Counts the deliveries of these events. */
  readonly stats: (entries: readonly Entry[]) => SinkStats
  /** Removes the delivery of a removed event. */
  readonly remove: (entry: Entry) => void
}

const deliveryIn = ({ position, event: { id }, lane, recordedAt }: Entry): LogDelivery => ({ position, id, lane, due: recordedAt })

interface MemorySinkDeps {
  readonly name: string
  readonly log: EventLog
  readonly clock: Clock
  readonly newToken: () => string
  readonly windowSize: number
}

/** Creates a sink whose window is at the end of the log. */
export const createMemorySink = ({ name, log, clock, newToken, windowSize }: MemorySinkDeps): MemorySink => {
  const rows = createRows()
  const now = clock.elapsed

  const isNew = (entry: Entry) => entry.sinks.includes(name) && !rows.get(entry.position)

  const read = (after: number, limit: number) => {
    const deliveries: LogDelivery[] = []
    let readTo = after
    while (readTo < log.last && deliveries.length < limit) {
      readTo += 1
      const entry = log.events.get(readTo)
      if (entry && isNew(entry)) deliveries.push(deliveryIn(entry))
    }
    return { deliveries, readTo, isEnd: readTo === log.last }
  }

  const window = createWindow(rows, { read }, newToken, { size: windowSize })

  /** Adds a pending row behind all deliveries of its lane. */
  const appendRow = (position: number, lane: string | undefined, replay: boolean) => {
    if (lane !== undefined) window.spillLane(lane)
    log.last += 1
    rows.append({ position, lane, place: log.last, state: 'pending', attempts: 0, replay, due: now(), endedAt: 0 })
  }

  const end = (entry: Entry, row: Row, state: DeliveryState) => {
    if (row.state === 'pending') {
      rows.leave(row)
      window.rowEnded(row.lane)
    }
    row.state = state
    row.endedAt = now()
    entry.endedAt = now()
  }

  const settleRow = (entry: Entry, row: Row, outcome: Outcome) => {
    if (outcome.type === 'retry') {
      rows.unlease(row, now() + outcome.retryInMs)
      row.error = outcome.error
    } else if (outcome.type === 'released') {
      rows.unlease(row, now())
      row.attempts -= 1
    } else {
      row.error = outcome.type === 'dead' ? outcome.error : undefined
      end(entry, row, outcome.type)
      // It only waited in its lane. The window says that it is delivered.
      const onlyWaited = outcome.type === 'delivered' && row.attempts === 1 && row.place === row.position
      if (onlyWaited && window.forgetRow(row.position)) rows.delete(row.position)
    }
  }

  const record = (entry: Entry): DeliveryRecord => {
    const row = rows.get(entry.position)
    if (!row) {
      const pending = window.pendingState(entry.position, now())
      return { sink: name, state: pending ? 'pending' : 'delivered', attempts: pending ? pending.attempts : 1 }
    }
    const { state, attempts, due, error, discarded } = row
    return {
      sink: name,
      state,
      attempts,
      ...(isDelayed(row, now()) && { dueAt: Math.round(clock.now() + due - now()) }),
      ...(error !== undefined && { error }),
      ...(discarded && { discarded }),
    }
  }

  const isInFlight = ({ position }: Entry): boolean => {
    const row = rows.get(position)
    return row ? isLeased(row, now()) : (window.pendingState(position, now())?.isLeased ?? false)
  }

  /** Counts the deliveries of a lane, up to a position, that the window has not read. */
  const countUnread = (lane: string, to: number): number => {
    let count = 0
    for (let position = window.readTo() + 1; position <= to; position += 1) {
      const entry = log.events.get(position)
      if (entry?.lane === lane && isNew(entry)) count += 1
    }
    return count
  }

  const blockedKey = (lane: readonly Row[]): readonly BlockedKey[] => {
    const [row] = lane
    const event = row && log.events.get(row.position)?.event
    if (!event || row.lane === undefined || event.key === undefined || !isDelayed(row, now())) return []
    if (countUnread(row.lane, row.place) > 0) return []
    const { app, key, id, command } = event
    const dueAt = Math.round(clock.now() + row.due - now())
    const waiting = lane.length - 1 + window.countLane(row.lane) + countUnread(row.lane, log.last)
    const waitingBehind = Math.min(waiting, MAX_COUNTED)
    return [{ app, key, id, command, attempts: row.attempts, dueAt, error: row.error ?? '', waitingBehind }]
  }

  return {
    add: (entry, slots) => window.add(deliveryIn(entry), slots),
    addLate: (entry) => appendRow(entry.position, laneOf(entry.event), false),
    claim: (request) => {
      const { claims, ...rest } = window.claim(request, now())
      const withEvents = claims.flatMap(({ position, ...claim }): Claim[] => {
        const entry = log.events.get(position)
        return entry ? [{ ...claim, event: entry.event }] : []
      })
      return { claims: withEvents, ...rest }
    },
    settle: (entry, token, outcome) => {
      if (window.settle({ position: entry.position, id: entry.event.id, token }, outcome.type) === 'settled') {
        if (outcome.type === 'delivered') entry.endedAt = now()
        return true
      }
      const row = rows.get(entry.position)
      if (row?.token !== token) return false
      settleRow(entry, row, outcome)
      return true
    },
    replay: (entry) => appendRow(entry.position, laneOf(entry.event), true),
    discard: (entry, by) => {
      window.spill(entry.position)
      // A delivery that the window has not read becomes a row as well.
      if (!rows.get(entry.position)) rows.add(deliveryIn(entry))
      const row = rows.get(entry.position)
      if (!row) return
      row.discarded = { by, at: clock.now() }
      end(entry, row, 'discarded')
    },
    record,
    deadSince: ({ position }) => {
      const row = rows.get(position)
      return row?.state === 'dead' ? row.endedAt : undefined
    },
    isInFlight,
    blocked: (limit) =>
      [...rows.lanes()]
        .flatMap(blockedKey)
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit),
    stats: (entries) => {
      const records = entries.map(record)
      const count = (state: DeliveryState) => records.filter((delivery) => delivery.state === state).length
      const oldest = entries[records.findIndex(({ state }) => state === 'pending')]
      return {
        pending: count('pending'),
        leased: entries.filter(isInFlight).length,
        delivered: count('delivered'),
        dead: count('dead'),
        discarded: count('discarded'),
        delayed: Math.min(records.filter(({ dueAt }) => dueAt !== undefined).length, MAX_COUNTED),
        ...(oldest && { oldestPending: oldest.event.receivedAt }),
      }
    },
    remove: ({ position }) => rows.delete(position),
  }
}
