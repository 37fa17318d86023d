import type { ChangeRequest, ChangeResult } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { createDeliveryFinder } from './delivery-search.ts'
import { createReadEvent } from './event-log.ts'
import { createReadSinks, type SinkState } from './sink-state.ts'
import type { Sink, Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

type SourceState = ChangeRequest['from'][number]

interface Target {
  readonly event: number
  readonly state: SourceState
}

/** A sink that has no delivery yet. */
const unknownSink = (name: string): SinkState => ({
  id: -1,
  name,
  readTo: 0,
  pending: [],
  counts: { total: 0, delivered: 0, dead: 0, discarded: 0 },
  isValid: true,
})

/** Creates `replay` and `discard`. Both select deliveries of one sink, oldest event first, and change them. */
export const createReplayDiscard = (
  db: Database,
  transactions: Transactions,
  sinks: Sinks,
): {
  readonly replay: (change: ChangeRequest, now: number) => ChangeResult
  readonly discard: (change: ChangeRequest, now: number) => ChangeResult
} => {
  const readSinks = createReadSinks(db)
  const readEvent = createReadEvent(db)
  const deliveries = createDeliveryFinder(db)
  const nextSinkIndex = db.prepare<[number], number>('SELECT coalesce(max(sink_index) + 1, 0) FROM delivery WHERE event = ?').pluck()

  const changeEach = (
    { sink: name, from, limit, by: _, dryRun = false, cursor, error, ...events }: ChangeRequest,
    allowed: readonly SourceState[],
    now: number,
    apply: (sink: Sink, target: Target) => void,
  ): ChangeResult => {
    sinks.flush(now)
    const sink = readSinks().find((each) => each.name === name) ?? unknownSink(name)
    const states = [...new Set(from)].filter((state) => allowed.includes(state))
    const search = { sink, events, error, cursor, order: 'oldest', limit: limit + 1, notLeasedAt: now } as const
    const found = states.flatMap((state) => deliveries.find({ ...search, state }).map((event): Target => ({ event, state })))
    const targets = found.sort((a, b) => a.event - b.event).slice(0, limit)
    if (!dryRun) for (const target of targets) apply(sinks.open(name), target)
    const busy = states.includes('pending') ? deliveries.countLeased({ sink, events, error, cursor }, now) : 0
    const more = found.length > targets.length
    const last = targets.at(-1)
    return { changed: targets.length, busy, more, ...(more && last && { next: String(last.event) }) }
  }

  const replayOne = (sink: Sink, { event, state }: Target, now: number) => {
    const delivery = readEvent(event)
    if (!delivery) return
    if (state === 'none') sink.append(event, delivery.lane, nextSinkIndex.get(event) ?? 0, now)
    else sink.replay(event, delivery.lane, now)
  }

  const discardOne = (sink: Sink, { event }: Target, by: string, now: number) => {
    const delivery = readEvent(event)
    if (delivery) sink.discard(delivery, by, now)
  }

  return {
    replay: (change, now) =>
      transactions.run('disk', now, () =>
        changeEach(change, ['delivered', 'dead', 'discarded', 'none'], now, (sink, target) => replayOne(sink, target, now)),
      ),
    discard: (change, now) =>
      transactions.run('disk', now, () =>
        changeEach(change, ['pending', 'dead'], now, (sink, target) => discardOne(sink, target, change.by, now)),
      ),
  }
}
