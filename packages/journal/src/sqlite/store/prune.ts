import type { DeliveryState, RetentionLimits } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { BLOCK_SIZE } from '../schema.ts'
import { blockOf } from './block-summary.ts'
import { type Counters, createReadCounter } from './counters.ts'
import { createRoutes } from './sink-state.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

/** One call looks at so many events at most. Appends wait meanwhile. */
const MAX_LOOKED = 2_000

interface EventColumns {
  readonly seq: number
  readonly status: string
  readonly route: number
  readonly recorded_at: number
  readonly size: number
}

interface DeliveryColumns {
  readonly sink: number
  readonly state: DeliveryState
  readonly ended_at: number | null
}

interface Finished extends EventColumns {
  readonly limit: 'delivered' | 'dead'
  readonly since: number
  readonly deliveries: readonly { readonly sink: number; readonly state: Exclude<DeliveryState, 'pending'> }[]
}

/**
 * Removes events that are older than their retention. The calls go through the events in their order, a few at a time. The file keeps
 * its size, and SQLite reuses the pages.
 */
export const createPrune = (
  db: Database,
  transactions: Transactions,
  counters: Counters,
  sinks: Sinks,
  dedupeWindow: number,
): ((limits: RetentionLimits, now: number) => { readonly events: number; readonly more: boolean }) => {
  const selectEvents = db.prepare<[number, number], EventColumns>(
    'SELECT seq, status, route, recorded_at, length(raw) AS size FROM event WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const selectDeliveries = db.prepare<[number], DeliveryColumns>('SELECT sink, state, ended_at FROM delivery WHERE event = ?')
  const selectBlockEnd = db.prepare<[number], number | null>('SELECT ended_at FROM block WHERE n = ?').pluck()
  const readCounter = createReadCounter(db)
  const { sinksOf } = createRoutes(db)
  const removals = [db.prepare('DELETE FROM delivery WHERE event = ?'), db.prepare('DELETE FROM event WHERE seq = ?')]
  const removeBlocks = db.prepare(`DELETE FROM block WHERE n < (SELECT coalesce(min(seq), 0) / ${BLOCK_SIZE} FROM event)`)
  let lookedTo = 0

  /** Returns how an event has finished. Undefined while a delivery is pending. */
  const finishedOf = (event: EventColumns, now: number): Finished | undefined => {
    const { seq, status, route, recorded_at } = event
    const rows = selectDeliveries.all(seq)
    const implied = sinksOf(route).filter((sink) => rows.every((row) => row.sink !== sink))
    if (rows.some(({ state }) => state === 'pending')) return undefined
    if (implied.some((sink) => sinks.byId(sink)?.window.pendingState(seq, now))) return undefined
    const deliveries = [
      ...rows.flatMap(({ sink, state }) => (state === 'pending' ? [] : [{ sink, state }])),
      ...implied.map((sink) => ({ sink, state: 'delivered' as const })),
    ]
    const dead = rows.filter(({ state }) => state === 'dead').map(({ ended_at }) => ended_at ?? 0)
    if (dead.length > 0) return { ...event, limit: 'dead', since: Math.max(...dead), deliveries }
    const ended = rows.map(({ ended_at }) => ended_at ?? 0)
    const since = Math.max(recorded_at, ...ended, implied.length === 0 ? 0 : (selectBlockEnd.get(blockOf(seq)) ?? 0))
    return { ...event, limit: status === 'quarantined' ? 'dead' : 'delivered', since, deliveries }
  }

  const remove = ({ seq, size, deliveries }: Finished) => {
    counters.addEvents(-1, -size)
    for (const { sink, state } of deliveries) sinks.byId(sink)?.forget(state)
    for (const removal of removals) removal.run(seq)
  }

  return (limits, now) =>
    transactions.run('disk', now, () => {
      sinks.flush(now)
      const events = selectEvents.all(lookedTo, MAX_LOOKED)
      const finished = events.flatMap((event) => (now - event.recorded_at < dedupeWindow ? [] : (finishedOf(event, now) ?? [])))
      const isOld = ({ limit, since }: Finished) => now - since >= limits[limit]
      const expired = finished.filter(isOld)
      let excess = readCounter('bytes') - (limits.bytes ?? Number.POSITIVE_INFINITY) - expired.reduce((sum, { size }) => sum + size, 0)
      const surplus = finished.filter((event) => {
        if (excess <= 0 || event.limit === 'dead' || isOld(event)) return false
        excess -= event.size
        return true
      })
      const over = [...expired, ...surplus]
      const removed = over.slice(0, limits.limit)
      for (const event of removed) remove(event)
      const isEnd = events.length < MAX_LOOKED || events.every(({ recorded_at }) => now - recorded_at < dedupeWindow)
      if (over.length === removed.length) lookedTo = isEnd ? 0 : (events.at(-1)?.seq ?? 0)
      removeBlocks.run()
      return { events: removed.length, more: over.length > removed.length || !isEnd }
    })
}
