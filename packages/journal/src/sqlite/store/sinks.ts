import type { ClaimRequest, Outcome } from '@callboard/core'
import { createWindow, type LeaseSlots, type LogDelivery, type Window, type WindowClaim } from '@callboard/core/journal-window'
import type { Database } from 'better-sqlite3'
import { fromSql, toSql } from '../sql-text.ts'
import { StoreError } from '../store-error.ts'
import { blockOf } from './block-summary.ts'
import type { Counters } from './counters.ts'
import { createReadEvent, createReadLog } from './event-log.ts'
import { createSinkRows, type DeliveryEnd, type SinkRows } from './rows.ts'
import {
  checksumOf,
  createReadSinks,
  createRoutes,
  encodePending,
  type PendingPosition,
  type SinkCounts,
  type SinkState,
} from './sink-state.ts'
import type { Transactions } from './transaction.ts'

/** The deliveries of one sink. Its window is in memory, and is written at the end of the transaction, or later by `flush`. */
export interface Sink {
  readonly id: number
  readonly window: Window
  readonly rows: SinkRows
  /** Adds the delivery of a new event. Returns the token if it is leased at once. */
  readonly add: (delivery: LogDelivery, slots: LeaseSlots | undefined) => string | undefined
  /** Adds a delivery of an older event, behind all others of its lane. */
  readonly append: (event: number, lane: string | undefined, sinkIndex: number, now: number) => void
  /** Makes a row of a pending delivery, so that it keeps its lane. */
  readonly keepLane: (delivery: LogDelivery) => void
  /** Makes a delivery pending again, behind all others of its lane. */
  readonly replay: (event: number, lane: string | undefined, now: number) => void
  readonly claim: (
    request: Omit<ClaimRequest, 'sink'>,
    now: number,
  ) => { readonly claims: readonly WindowClaim[]; readonly waitMs?: number }
  /** Whether `settle` changes only the window. */
  readonly settlesInMemory: (position: number, id: string, token: string, outcome: Outcome) => boolean
  /** Returns false when the token is not the latest one of a pending delivery. */
  readonly settle: (position: number, id: string, token: string, outcome: Outcome, now: number) => boolean
  readonly discard: (delivery: LogDelivery, by: string, now: number) => void
  /** Counts the delivery of a removed event out. */
  readonly forget: (state: 'delivered' | 'dead' | 'discarded') => void
}

/** The sinks of a journal, also those without a delivery that is pending. */
export interface Sinks {
  readonly get: (name: string) => Sink | undefined
  /** Returns the sink of this name. A new one has no delivery of the events before. */
  readonly open: (name: string) => Sink
  readonly byId: (id: number) => Sink | undefined
  /** Returns the id of the route to these sinks. */
  readonly routeOf: (names: readonly string[]) => number
  readonly all: () => Iterable<Sink>
  /** Opens the sinks as the previous owner left them. What it had leased becomes a row. To be called once, in a transaction. */
  readonly restore: (now: number) => void
  /** Whether settlements are not written yet. */
  readonly isDirty: () => boolean
  /** Whether a lease has ended, so that its delivery becomes a row. */
  readonly hasExpired: (now: number) => boolean
  /** Writes the sinks that have changed. Part of a transaction. */
  readonly flush: (now: number) => void
}

// One read of the log looks at so many positions at most.
const READ_SPAN = 4_096
// A sink without deliveries is written again after so many events, so that the next owner need not read them.
const MAX_UNWRITTEN = 100_000

interface OpenSink extends Sink {
  readonly counts: SinkCounts
  isDirty: boolean
  writtenTo: number
}

export interface SinksDeps {
  readonly db: Database
  readonly transactions: Transactions
  readonly counters: Counters
  readonly newToken: (event: number) => string
  readonly windowSize: number | undefined
}

export const createSinks = ({ db, transactions, counters, newToken, windowSize }: SinksDeps): Sinks => {
  const rowsOf = createSinkRows(db, transactions)
  const routes = createRoutes(db)
  const readLog = createReadLog(db)
  const readEvent = createReadEvent(db)
  const hasRow = db.prepare<[number, number], 1>('SELECT 1 FROM delivery WHERE event = +? AND sink = +?').pluck()
  const insertSink = db.prepare(
    "INSERT INTO sink (id, name, read_to, pending, total, delivered, dead, discarded, checksum) VALUES (?, ?, 0, x'', 0, 0, 0, 0, 0)",
  )
  const updateSink = db.prepare(
    'UPDATE sink SET read_to = ?, pending = ?, total = ?, delivered = ?, dead = ?, discarded = ?, checksum = ? WHERE id = ?',
  )
  const selectRoute = db.prepare<[string], number>('SELECT id FROM route WHERE sinks = ?').pluck()
  const insertRoute = db.prepare('INSERT INTO route (sinks) VALUES (?)')
  const saveBlock = db.prepare('INSERT INTO block (n, ended_at) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET ended_at = excluded.ended_at')

  const sinks = new Map<string, OpenSink>()
  const sinksById = new Map<number, OpenSink>()
  const routeIds = new Map<string, number>()
  /** The blocks in which a delivery without a row ended, with the time. */
  let endedBlocks = new Map<number, number>()

  const markEnded = (position: number, now: number) => {
    endedBlocks.set(blockOf(position), now)
  }

  const createSink = (id: number, counts: SinkCounts): OpenSink => {
    const rows = rowsOf(id)

    const read = (after: number, limit: number) => {
      const last = counters.lastSeq()
      const to = Math.min(after + READ_SPAN, last)
      const ids = new Set(routes.routesTo(id))
      const deliveries: LogDelivery[] = []
      let readTo = to
      for (const event of readLog(after, to)) {
        if (!ids.has(event.route) || hasRow.get(event.position, id) === 1) continue
        deliveries.push(event)
        if (deliveries.length < limit) continue
        readTo = event.position
        break
      }
      return { deliveries, readTo, isEnd: readTo >= last }
    }

    const window = createWindow(rows, { read }, newToken, {
      ...(windowSize !== undefined && { size: windowSize }),
      onChange: transactions.onRollback,
    })

    const touch = () => {
      sink.isDirty = true
    }

    const count = (name: keyof SinkCounts, by: number) => {
      counts[name] += by
      touch()
      transactions.onRollback(() => {
        counts[name] -= by
      })
    }

    const end = (event: number, ending: DeliveryEnd, now: number) => {
      const row = rows.get(event)
      if (!row) return
      rows.end(event, row, ending, now)
      if (row.state !== 'pending') count(row.state, -1)
      count(ending.state, 1)
      window.rowEnded(row.lane === null ? undefined : fromSql(row.lane))
      const onlyWaited = ending.state === 'delivered' && row.attempts === 1 && row.place === event
      if (!onlyWaited || !window.forgetRow(event)) return
      rows.remove(event)
      markEnded(event, now)
    }

    const settleRow = (position: number, id: string, token: string, outcome: Outcome, now: number): boolean => {
      const row = rows.get(position)
      if (row?.token !== token || readEvent(position)?.id !== id) return false
      if (outcome.type === 'retry') rows.retry(position, now + outcome.retryInMs, outcome.error)
      else if (outcome.type === 'released') rows.release(position, now)
      else end(position, outcome.type === 'dead' ? { state: 'dead', error: outcome.error } : { state: 'delivered' }, now)
      return true
    }

    /** Adds a pending row behind all deliveries of its lane. */
    const appendRow = (event: number, lane: string | undefined, isReplay: boolean, sinkIndex: number | null, now: number) => {
      if (lane !== undefined) window.spillLane(lane)
      rows.append({ event, lane, place: counters.nextSeq(), isReplay, sinkIndex }, now)
      touch()
    }

    const becomeRow = (delivery: LogDelivery) => {
      window.spill(delivery.position)
      // A delivery that the window has not read becomes a row as well.
      if (!rows.get(delivery.position)) rows.add(delivery)
    }

    const sink: OpenSink = {
      id,
      window,
      rows,
      counts,
      isDirty: true,
      writtenTo: 0,
      add: (delivery, slots) => {
        count('total', 1)
        return window.add(delivery, slots)
      },
      append: (event, lane, sinkIndex, now) => {
        count('total', 1)
        appendRow(event, lane, false, sinkIndex, now)
      },
      keepLane: (delivery) => {
        if (rows.get(delivery.position) || !window.pendingState(delivery.position, 0)) return
        becomeRow(delivery)
        touch()
      },
      replay: (event, lane, now) => {
        const row = rows.get(event)
        count(row && row.state !== 'pending' ? row.state : 'delivered', -1)
        appendRow(event, lane, true, null, now)
      },
      claim: (request, now) => {
        const result = window.claim(request, now)
        if (result.claims.length > 0) touch()
        return result
      },
      settlesInMemory: (position, id, token, { type }) =>
        (type === 'delivered' || type === 'released') && window.holds({ position, id, token }),
      settle: (position, id, token, outcome, now) => {
        touch()
        if (window.settle({ position, id, token }, outcome.type) === 'row') return settleRow(position, id, token, outcome, now)
        if (outcome.type === 'delivered') {
          count('delivered', 1)
          markEnded(position, now)
        }
        return true
      },
      discard: (delivery, by, now) => {
        becomeRow(delivery)
        end(delivery.position, { state: 'discarded', by }, now)
        touch()
      },
      forget: (state) => {
        count(state, -1)
        count('total', -1)
      },
    }
    return sink
  }

  const register = (name: string, sink: OpenSink) => {
    sinks.set(name, sink)
    sinksById.set(sink.id, sink)
  }

  const restore = ({ id, name, readTo, pending, counts, isValid }: SinkState, now: number) => {
    if (!isValid) throw new StoreError('corrupt', `the offset of sink ${name} is damaged; restore the journal from a backup`, undefined)
    const sink = createSink(id, counts)
    register(name, sink)
    const found = pending.flatMap(({ position, isLeased }: PendingPosition) => {
      const event = hasRow.get(position, id) === 1 ? undefined : readEvent(position)
      return event ? [{ ...event, isLeased }] : []
    })
    sink.window.restore(found, readTo, readTo >= counters.lastSeq())
    sink.rows.releaseAll(now)
  }

  const open = (name: string): Sink => {
    const known = sinks.get(name)
    if (known) return known
    const id = Math.max(0, ...sinksById.keys()) + 1
    insertSink.run(id, toSql(name))
    const sink = createSink(id, { total: 0, delivered: 0, dead: 0, discarded: 0 })
    register(name, sink)
    transactions.onRollback(() => {
      sinks.delete(name)
      sinksById.delete(id)
    })
    return sink
  }

  const flushOne = (sink: OpenSink) => {
    const { id, window, counts } = sink
    const last = counters.lastSeq()
    if (!sink.isDirty && last - sink.writtenTo < MAX_UNWRITTEN) return
    const { readTo, pending } = window.progress(last)
    const bytes = encodePending(pending)
    const { total, delivered, dead, discarded } = counts
    updateSink.run(readTo, bytes, total, delivered, dead, discarded, checksumOf(id, readTo, bytes, counts), id)
    sink.isDirty = false
    sink.writtenTo = last
    transactions.onRollback(() => {
      sink.isDirty = true
    })
  }

  const flush = (now: number) => {
    for (const sink of sinks.values()) {
      sink.window.expire(now)
      flushOne(sink)
    }
    if (endedBlocks.size === 0) return
    const blocks = endedBlocks
    for (const [block, endedAt] of blocks) saveBlock.run(block, endedAt)
    endedBlocks = new Map()
    transactions.onRollback(() => {
      endedBlocks = new Map([...blocks, ...endedBlocks])
    })
  }

  transactions.beforeCommit(flush)
  return {
    get: (name) => sinks.get(name),
    open,
    byId: (id) => sinksById.get(id),
    routeOf: (names) => {
      const text = JSON.stringify(names.map((name) => open(name).id))
      const known = routeIds.get(text) ?? selectRoute.get(text)
      if (known !== undefined) {
        routeIds.set(text, known)
        return known
      }
      const id = Number(insertRoute.run(text).lastInsertRowid)
      routeIds.set(text, id)
      transactions.onRollback(() => routeIds.delete(text))
      return id
    },
    all: () => sinks.values(),
    isDirty: () => [...sinks.values()].some(({ isDirty }) => isDirty),
    hasExpired: (now) => [...sinks.values()].some(({ window }) => window.hasExpired(now)),
    flush,
    restore: (now) => {
      for (const state of createReadSinks(db)()) restore(state, now)
    },
  }
}
