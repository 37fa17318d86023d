import { type Clock, systemClock } from '../../util/clock.ts'
import {
  type AppendResult,
  type BlockedKey,
  type ChangeRequest,
  type ChangeResult,
  type Claim,
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
import { bytesOf, copyOf, type Entry, matches } from './entry.ts'
import { createLanes, type Delivery, isDelayed, isLeased, type Lanes } from './lanes.ts'
import { prunable } from './prunable.ts'

/** Counts of waiting deliveries stop here. */
const MAX_COUNTED = 1_000

/** How long two events with the same dedupe key are one event by default, in milliseconds. */
export const DEFAULT_DEDUPE_WINDOW_MS = 10 * 60_000

/**
 * Creates a journal in memory, for tests, demos and events that may be lost. It loses everything when the process ends. `dedupeWindow`
 * is in milliseconds; default 10 minutes.
 */
export const memory = ({
  clock = systemClock,
  dedupeWindow = DEFAULT_DEDUPE_WINDOW_MS,
}: {
  readonly clock?: Clock
  readonly dedupeWindow?: number
} = {}): Journal => {
  const entries = new Map<string, Entry>()
  const dedupeKeys = new Map<string, Entry>()
  const sinks = new Map<string, Lanes>()
  const pauses = new Map<string, SinkPause>()
  let position = 0
  let tokens = 0
  let isClosed = false
  // Monotonic time, so that a jump of the wall clock changes nothing.
  const now = clock.elapsed

  const assertOpen = () => {
    if (isClosed) throw new JournalError('closed')
  }

  const lanesOf = (sink: string): Lanes => {
    const lanes = sinks.get(sink) ?? createLanes()
    sinks.set(sink, lanes)
    return lanes
  }

  const deliver = (entry: Entry, sink: string) => {
    const { event } = entry
    const lane = event.key === undefined ? Symbol('no lane') : `${event.app} ${event.key}`
    const delivery: Delivery = {
      // Read anew each time: reprocessing replaces the event.
      get event() {
        return entry.event
      },
      sink,
      lane,
      state: 'pending',
      attempts: 0,
      replay: false,
      due: now(),
      endedAt: 0,
      token: undefined,
      error: undefined,
      discarded: undefined,
    }
    entry.deliveries.set(sink, delivery)
    lanesOf(sink).add(delivery)
  }

  const end = (delivery: Delivery, state: DeliveryState, changes: Partial<Pick<Delivery, 'error' | 'discarded'>>) => {
    lanesOf(delivery.sink).remove(delivery)
    Object.assign(delivery, { state, endedAt: now(), ...changes })
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

  const appendOne = (event: NewEvent): AppendResult => {
    const { id } = event
    if (entries.has(id)) return { type: 'recorded', id }
    if (!(event.raw instanceof Uint8Array)) return { type: 'failed', id, error: 'raw is not bytes' }
    const key = event.dedupeKey === undefined ? undefined : JSON.stringify([event.app, event.command, event.dedupeKey])
    const first = key === undefined ? undefined : dedupeKeys.get(key)
    if (first) {
      first.duplicates += 1
      return { type: 'duplicate', id: first.event.id }
    }
    position += 1
    const entry: Entry = { position, event: copyOf(event), recordedAt: now(), deliveries: new Map(), duplicates: 0 }
    entries.set(id, entry)
    if (key !== undefined) dedupeKeys.set(key, entry)
    for (const sink of new Set(event.sinks)) deliver(entry, sink)
    return { type: 'recorded', id }
  }

  const settleOne = ({ sink, id, token, outcome }: Settlement): 'settled' | 'stale' => {
    const delivery = entries.get(id)?.deliveries.get(sink)
    if (!delivery || delivery.token !== token) return 'stale'
    if (outcome.type === 'delivered') end(delivery, 'delivered', { error: undefined })
    else if (outcome.type === 'dead') {
      end(delivery, 'dead', { error: outcome.error })
      if (outcome.pause) pause(sink, outcome.error)
    } else if (outcome.type === 'retry') {
      lanesOf(sink).unclaim(delivery, now() + outcome.retryInMs)
      delivery.error = outcome.error
    } else {
      lanesOf(sink).unclaim(delivery, now())
      delivery.attempts -= 1
    }
    return 'settled'
  }

  const foundDelivery = (delivery: Delivery): DeliveryRecord => {
    const { sink, state, attempts, due, error, discarded } = delivery
    return {
      sink,
      state,
      attempts,
      ...(isDelayed(delivery, now()) && { dueAt: Math.round(clock.now() + due - now()) }),
      ...(error !== undefined && { error }),
      ...(discarded && { discarded }),
    }
  }

  const found = ({ event: { raw, ...event }, duplicates, deliveries }: Entry, withRaw: boolean): EventRecord => ({
    ...event,
    ...(withRaw && { raw }),
    duplicates,
    deliveries: [...deliveries.values()].map(foundDelivery),
  })

  /** Applies a change to the selected deliveries, oldest first. Deliveries in flight are counted as busy and not changed. */
  const changeEach = (
    { sink, from, limit, dryRun = false, error, cursor, ...filter }: ChangeRequest,
    mayChange: readonly (DeliveryState | 'none')[],
    apply: (entry: Entry, delivery: Delivery | undefined) => void,
  ): ChangeResult => {
    const states = from.filter((state) => mayChange.includes(state))
    let changed = 0
    let busy = 0
    let more = false
    let last = Number(cursor ?? 0)
    for (const entry of entries.values()) {
      const delivery = entry.deliveries.get(sink)
      if (entry.position <= Number(cursor ?? 0)) continue
      if (!states.includes(delivery?.state ?? 'none') || !matches(entry, filter)) continue
      if (error !== undefined && !delivery?.error?.includes(error)) continue
      if (delivery?.state === 'pending' && isLeased(delivery, now())) busy += 1
      else if (changed === limit) more = true
      else {
        changed += 1
        last = entry.position
        if (!dryRun) apply(entry, delivery)
      }
    }
    return { changed, busy, more, ...(more && { next: String(last) }) }
  }

  const reprocessOne = ({ id, key, eventTime, sinks }: ReprocessedEvent): boolean => {
    const entry = entries.get(id)
    if (entry?.event.status !== 'quarantined') return false
    const { reasons: _, ...event } = entry.event
    entry.event = { ...event, status: 'accepted', ...(key !== undefined && { key }), ...(eventTime !== undefined && { eventTime }) }
    for (const sink of new Set(sinks)) if (!entry.deliveries.has(sink)) deliver(entry, sink)
    return true
  }

  const blockedKeys = (sink: string, limit: number): readonly BlockedKey[] =>
    [...lanesOf(sink).lanes()]
      .flatMap(([head, ...behind]): BlockedKey[] => {
        if (!head || typeof head.lane !== 'string' || head.event.key === undefined || !isDelayed(head, now())) return []
        const { id, app, key, command } = head.event
        const dueAt = Math.round(clock.now() + head.due - now())
        return [
          {
            app,
            key,
            id,
            command,
            attempts: head.attempts,
            dueAt,
            error: head.error ?? '',
            waitingBehind: Math.min(behind.length, MAX_COUNTED),
          },
        ]
      })
      .sort((a, b) => a.dueAt - b.dueAt)
      .slice(0, limit)

  const sinkStats = (sink: string): SinkStats => {
    const all = [...entries.values()].flatMap(({ deliveries }) => deliveries.get(sink) ?? [])
    const count = (state: DeliveryState) => all.filter((delivery) => delivery.state === state).length
    const oldest = all.find(({ state }) => state === 'pending')
    const paused = pauses.get(sink)
    return {
      pending: count('pending'),
      leased: all.filter((delivery) => isLeased(delivery, now())).length,
      delivered: count('delivered'),
      dead: count('dead'),
      discarded: count('discarded'),
      delayed: Math.min(all.filter((delivery) => isDelayed(delivery, now())).length, MAX_COUNTED),
      ...(oldest && { oldestPending: oldest.event.receivedAt }),
      ...(paused && { paused }),
    }
  }

  return {
    durability: 'memory',
    description: 'memory',
    append: async (batch) => {
      assertOpen()
      forgetDedupeKeys()
      return batch.map(appendOne)
    },
    claim: async ({ sink, max, leaseMs, ordered }) => {
      assertOpen()
      const paused = pauses.get(sink)
      if (paused) return { claims: [], paused }
      const from = now()
      const token = () => String(++tokens)
      const { taken, next } = lanesOf(sink).claim({ max, ordered, now: from, until: from + leaseMs, token })
      const claims = taken.flatMap(({ token, event, attempts, replay }): Claim[] =>
        token ? [{ token, event, attempt: attempts, replay }] : [],
      )
      return { claims, ...(next !== undefined && { waitMs: next - from }) }
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
      const matching = all.filter((entry) => isPast(entry) && matches(entry, filter))
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
      return changeEach(change, ['delivered', 'dead', 'discarded', 'none'], (entry, delivery) => {
        if (!delivery) return deliver(entry, change.sink)
        Object.assign(delivery, { state: 'pending', attempts: 0, replay: true, due: now(), error: undefined, discarded: undefined })
        lanesOf(change.sink).add(delivery)
      })
    },
    discard: async (change) => {
      assertOpen()
      const discarded = { by: change.by, at: clock.now() }
      return changeEach(change, ['pending', 'dead'], (_, delivery) => delivery && end(delivery, 'discarded', { discarded }))
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
      return blockedKeys(sink, limit)
    },
    prune: async (limits) => {
      assertOpen()
      const over = prunable([...entries.values()], limits, dedupeWindow, now())
      const removed = over.slice(0, limits.limit)
      for (const { event } of removed) entries.delete(event.id)
      return { events: removed.length, more: over.length > removed.length }
    },
    stats: async () => {
      assertOpen()
      const used = new Set([...entries.values()].flatMap(({ deliveries }) => [...deliveries.keys()]).concat([...pauses.keys()]))
      return {
        events: entries.size,
        bytes: bytesOf(entries.values()),
        sinks: Object.fromEntries([...used].map((sink) => [sink, sinkStats(sink)])),
      }
    },
    close: async () => {
      isClosed = true
    },
  }
}
