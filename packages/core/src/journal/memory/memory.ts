import { type Clock, systemClock } from '../../util/clock.ts'
import {
  type AppendResult,
  type ChangeRequest,
  type ChangeResult,
  type ClaimRequest,
  type DeliveryRecord,
  type DeliveryState,
  type EventRecord,
  type Journal,
  JournalError,
  type NewEvent,
  type ReprocessedEvent,
  type Settlement,
  type SinkPause,
  type SinkStats,
} from '../journal.ts'
import { type LeaseSlots, WINDOW_SIZE } from '../window/window.ts'
import { bytesOf, copyOf, type Entry, type EventLog, laneOf, matches } from './entry.ts'
import { prunable } from './prunable.ts'
import { createMemorySink, type MemorySink } from './sink.ts'

/** How long two events with the same dedupe key are one event by default, in milliseconds. */
export const DEFAULT_DEDUPE_WINDOW_MS = 10 * 60_000

/** The options of the memory journal. */
export interface MemoryOptions {
  readonly clock?: Clock
  /** Two events with the same dedupe key within this time are one event. In milliseconds; default 10 minutes. */
  readonly dedupeWindow?: number
}

/** Creates a journal in memory, for tests, demos and events that may be lost. It loses everything when the process ends. */
export const memory = ({ clock = systemClock, dedupeWindow = DEFAULT_DEDUPE_WINDOW_MS }: MemoryOptions = {}): Journal =>
  createMemoryJournal(clock, dedupeWindow, WINDOW_SIZE)

/** Creates the journal with windows of another size, for tests. */
export const createMemoryJournal = (clock: Clock, dedupeWindow: number, windowSize: number): Journal => {
  const entries = new Map<string, Entry>()
  const log: EventLog = { events: new Map(), last: 0 }
  const dedupeKeys = new Map<string, Entry>()
  const sinks = new Map<string, MemorySink>()
  const pauses = new Map<string, SinkPause>()
  let tokens = 0
  let isClosed = false
  // Monotonic time, so that a jump of the wall clock changes nothing.
  const now = clock.elapsed
  const newToken = () => String(++tokens)

  const assertOpen = () => {
    if (isClosed) throw new JournalError('closed')
  }

  const sinkOf = (name: string): MemorySink => {
    const sink = sinks.get(name) ?? createMemorySink({ name, log, clock, newToken, windowSize })
    sinks.set(name, sink)
    return sink
  }

  /** Makes a delivery to a sink that the event did not have. */
  const addDelivery = (entry: Entry, sink: string) => {
    entry.sinks = [...entry.sinks, sink]
    sinkOf(sink).addLate(entry)
  }

  const pause = (sink: string, reason: string) => {
    if (!pauses.has(sink)) pauses.set(sink, { since: clock.now(), reason })
  }

  const forgetDedupeKeys = () => {
    for (const [key, { recordedAt }] of dedupeKeys) {
      if (now() - recordedAt < dedupeWindow) return
      dedupeKeys.delete(key)
    }
  }

  const appendOne = (event: NewEvent, slots: ReadonlyMap<string, LeaseSlots>): AppendResult => {
    const { id } = event
    if (entries.has(id)) return { type: 'recorded', id }
    if (!(event.raw instanceof Uint8Array)) return { type: 'failed', id, error: 'raw is not bytes' }
    const key = event.dedupeKey === undefined ? undefined : JSON.stringify([event.app, event.command, event.dedupeKey])
    const first = key === undefined ? undefined : dedupeKeys.get(key)
    if (first) {
      first.duplicates += 1
      return { type: 'duplicate', id: first.event.id }
    }
    const recordedAt = now()
    const names = [...new Set(event.sinks)]
    log.last += 1
    const entry: Entry = {
      position: log.last,
      event: copyOf(event),
      lane: laneOf(event),
      recordedAt,
      endedAt: recordedAt,
      sinks: names,
      duplicates: 0,
    }
    entries.set(id, entry)
    log.events.set(entry.position, entry)
    if (key !== undefined) dedupeKeys.set(key, entry)
    let tokensBySink: Record<string, string> | undefined
    for (const name of names) {
      const token = sinkOf(name).add(entry, slots.get(name))
      if (token !== undefined) tokensBySink = { ...tokensBySink, [name]: token }
    }
    return { type: 'recorded', id, ...(tokensBySink && { tokens: tokensBySink }) }
  }

  const settleOne = ({ sink, id, token, outcome }: Settlement): 'settled' | 'stale' => {
    const entry = entries.get(id)
    if (!entry || !sinks.get(sink)?.settle(entry, token, outcome)) return 'stale'
    if (outcome.type === 'dead' && outcome.pause) pause(sink, outcome.error)
    return 'settled'
  }

  const recordsOf = (entry: Entry): readonly DeliveryRecord[] => entry.sinks.map((name) => sinkOf(name).record(entry))

  const found = (entry: Entry, withRaw: boolean): EventRecord => {
    const { raw, ...event } = entry.event
    return { ...event, ...(withRaw && { raw }), duplicates: entry.duplicates, deliveries: recordsOf(entry) }
  }

  /** Applies a change to the selected deliveries, oldest first. Deliveries in flight are counted as busy and not changed. */
  const changeEach = (
    { sink: name, from, limit, dryRun = false, error, cursor, ...filter }: ChangeRequest,
    mayChange: readonly (DeliveryState | 'none')[],
    apply: (entry: Entry, sink: MemorySink) => void,
  ): ChangeResult => {
    const states = from.filter((state) => mayChange.includes(state))
    const sink = sinkOf(name)
    let changed = 0
    let busy = 0
    let more = false
    let last = Number(cursor ?? 0)
    for (const entry of entries.values()) {
      if (entry.position <= Number(cursor ?? 0) || !matches(entry, filter, recordsOf)) continue
      const delivery = entry.sinks.includes(name) ? sink.record(entry) : undefined
      if (!states.includes(delivery?.state ?? 'none')) continue
      if (error !== undefined && !delivery?.error?.includes(error)) continue
      if (sink.isInFlight(entry)) busy += 1
      else if (changed === limit) more = true
      else {
        changed += 1
        last = entry.position
        if (!dryRun) apply(entry, sink)
      }
    }
    return { changed, busy, more, ...(more && { next: String(last) }) }
  }

  const reprocessOne = ({ id, key, eventTime, sinks: names }: ReprocessedEvent): boolean => {
    const entry = entries.get(id)
    if (entry?.event.status !== 'quarantined') return false
    const { reasons: _, ...event } = entry.event
    entry.event = { ...event, status: 'accepted', ...(key !== undefined && { key }), ...(eventTime !== undefined && { eventTime }) }
    for (const name of new Set(names)) if (!entry.sinks.includes(name)) addDelivery(entry, name)
    return true
  }

  const slotsOf = (requests: readonly ClaimRequest[]): ReadonlyMap<string, LeaseSlots> =>
    new Map(
      requests
        .filter(({ sink }) => !pauses.has(sink))
        .map(({ sink, max, ordered, leaseMs }) => [sink, { free: max, ordered, leaseEnd: now() + leaseMs }]),
    )

  const remove = (entry: Entry) => {
    entries.delete(entry.event.id)
    log.events.delete(entry.position)
    for (const name of entry.sinks) sinkOf(name).remove(entry)
  }

  return {
    durability: 'memory',
    description: 'memory',
    append: async (batch, claims = []) => {
      assertOpen()
      forgetDedupeKeys()
      const slots = slotsOf(claims)
      return batch.map((event) => appendOne(event, slots))
    },
    claim: async ({ sink, ...request }) => {
      assertOpen()
      const paused = pauses.get(sink)
      if (paused) return { claims: [], paused }
      return sinkOf(sink).claim(request)
    },
    settle: async (batch) => {
      assertOpen()
      return batch.map(settleOne)
    },
    find: async ({ limit, order, cursor, raw = false, ...filter }) => {
      assertOpen()
      const all = order === 'oldest' ? [...entries.values()] : [...entries.values()].reverse()
      const isPast = (entry: Entry) =>
        cursor === undefined || (order === 'oldest' ? entry.position > Number(cursor) : entry.position < Number(cursor))
      const matching = all.filter((entry) => isPast(entry) && matches(entry, filter, recordsOf))
      const page = matching.slice(0, limit)
      const last = page.at(-1)
      return {
        events: page.map((entry) => found(entry, raw)),
        ...(last && matching.length > limit && { next: String(last.position) }),
        ...(last && { last: String(last.position) }),
      }
    },
    replay: async (change) => {
      assertOpen()
      return changeEach(change, ['delivered', 'dead', 'discarded', 'none'], (entry, sink) =>
        entry.sinks.includes(change.sink) ? sink.replay(entry) : addDelivery(entry, change.sink),
      )
    },
    discard: async (change) => {
      assertOpen()
      return changeEach(change, ['pending', 'dead'], (entry, sink) => sink.discard(entry, change.by))
    },
    resume: async (sink) => {
      assertOpen()
      return pauses.delete(sink)
    },
    reprocess: async (events) => {
      assertOpen()
      return events.filter(reprocessOne).length
    },
    blocked: async (sink, limit) => {
      assertOpen()
      return sinkOf(sink).blocked(limit)
    },
    prune: async (limits) => {
      assertOpen()
      const over = prunable([...entries.values()], sinkOf, limits, dedupeWindow, now())
      const removed = over.slice(0, limits.limit)
      for (const entry of removed) remove(entry)
      return { events: removed.length, more: over.length > removed.length }
    },
    stats: async () => {
      assertOpen()
      const all = [...entries.values()]
      const used = new Set(all.flatMap((entry) => entry.sinks).concat([...pauses.keys()]))
      const statsOf = (name: string): SinkStats => {
        const paused = pauses.get(name)
        return { ...sinkOf(name).stats(all.filter((entry) => entry.sinks.includes(name))), ...(paused && { paused }) }
      }
      return {
        events: entries.size,
        bytes: bytesOf(all),
        sinks: Object.fromEntries([...used].map((name) => [name, statsOf(name)])),
      }
    },
    close: async () => {
      isClosed = true
    },
  }
}
