import { DEFAULT_DEDUPE_WINDOW_MS, type NewEvent, type Outcome } from '@callboard/core'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { openDatabase, prepareDatabase } from '../src/sqlite/database.ts'
import { type EventRow, toEventRow } from '../src/sqlite/event-row.ts'
import { findInconsistencies } from '../src/sqlite/integrity-check.ts'
import { BLOCK_SIZE } from '../src/sqlite/schema.ts'
import { blockGroups, createBlockSearch } from '../src/sqlite/store/block-search.ts'
import { BLOCKED_KEYS_SQL } from '../src/sqlite/store/blocked-keys.ts'
import { ROWS_SQL } from '../src/sqlite/store/rows.ts'
import { createStore, type Store } from '../src/sqlite/store/store.ts'
import { deliverySource, type EventConditions } from '../src/sqlite/store/where.ts'
import { StoreError } from '../src/sqlite/store-error.ts'
import { anEvent, someEvents } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

const NOW = 1_760_000_000_000
const DELIVERED: Outcome = { type: 'delivered' }

const rowsOf = (events: ReturnType<typeof someEvents>): readonly EventRow[] =>
  events.map(toEventRow).filter((row): row is EventRow => !('error' in row))

const openStore = (path?: string) => {
  const db = path === undefined ? prepareDatabase(new Database(':memory:')) : openDatabase(path)
  return { db, store: createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW) }
}

const errorOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('the SQLite store', () => {
  after(removeAll)

  it('claims rows by the index of pending deliveries alone [F14]', () => {
    const { db } = openStore()
    for (const sql of [ROWS_SQL.inOrder, ROWS_SQL.any]) {
      const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all({ sink: 1, claimState: 1, now: 1, readTo: 1 })
      const details = plan.map(({ detail }) => detail)
      expect(details[0]).to.match(/^SEARCH d USING INDEX delivery_pending \(sink=\? AND claim_state=\? AND due<\?\)/)
      expect(details.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).to.deep.equal([])
    }
  })

  it('finds blocked keys by the index of pending deliveries alone', () => {
    const { db } = openStore()
    const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${BLOCKED_KEYS_SQL}`).all({ sink: 'a', now: 1, limit: 1 })
    const details = plan.map(({ detail }) => detail)
    expect(details[0]).to.equal('SEARCH d USING INDEX delivery_pending (sink=? AND claim_state=? AND due>?)')
    expect(details.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).to.deep.equal([])
  })

  it('repairs due times and releases leases by the index of pending deliveries alone', () => {
    const { db } = openStore()
    const planOf = (sql: string) =>
      db
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all({ by: 1, sink: 'a', claimState: 1, now: 1 })
        .map(({ detail }) => detail)
    expect(planOf(ROWS_SQL.shift)).to.deep.equal(['SEARCH delivery USING INDEX delivery_pending (sink=? AND claim_state=? AND due>?)'])
    expect(planOf(ROWS_SQL.release)).to.deep.equal(['SEARCH delivery USING INDEX delivery_pending (sink=? AND claim_state=?)'])
  })

  it('finds events by id, however many deliveries match', () => {
    const { db } = openStore()
    const planOf = (from: string, condition: string) =>
      db
        .prepare<unknown[], { detail: string }>(
          `EXPLAIN QUERY PLAN SELECT d.event FROM ${from} WHERE ${condition} ORDER BY d.event LIMIT 9`,
        )
        .all()
        .map(({ detail }) => detail)
    const wanted = "d.sink = 'a' AND d.state = 'dead'"
    for (const ids of [{ ids: ['1'] }, { ids: ['1', '2'] }]) {
      const named = planOf(deliverySource(ids), `${wanted} AND e.id IN (${ids.ids.map((id) => `'${id}'`).join(', ')})`)
      expect(named[0]).to.equal('SEARCH e USING COVERING INDEX sqlite_autoindex_event_1 (id=?)')
      expect(named[1]).to.match(/^SEARCH d USING .*event=\?/)
    }
    const others = planOf(deliverySource({}), wanted)
    expect(others[0]).to.equal('SEARCH d USING COVERING INDEX delivery_state (sink=? AND state=?)')
    expect(others.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).to.deep.equal([])
  })

  it('claims without a scan of a lane in which 20 000 deliveries wait for a retry [F14]', () => {
    /** Returns the CPU time of 1 000 claims beside a lane of this length, in microseconds. */
    const cpuBesideLane = (length: number): number => {
      const { store } = openStore()
      store.append(rowsOf(someEvents(length, { key: 'poisoned' })), NOW)
      store.append(rowsOf(someEvents(1_000, {}, length)), NOW)
      const request = { sink: 'a', max: 1, leaseMs: 1_000, ordered: true }
      const [poisoned] = store.claim(request, NOW).claimed
      expect(poisoned?.event.key).to.equal('poisoned')
      const { token = '', event: { id = '' } = {} } = poisoned ?? {}
      store.settle([{ sink: 'a', id, token, outcome: { type: 'retry', retryInMs: 60_000, error: 'no' } }], NOW)

      const before = process.cpuUsage()
      let claimed = 0
      for (let turn = 0; turn < 1_000; turn += 1) claimed += store.claim(request, NOW).claimed.length
      const { user, system } = process.cpuUsage(before)
      expect(claimed).to.equal(1_000)
      return user + system
    }
    cpuBesideLane(20)
    // A scan of the lane would make the ratio 100 or more.
    expect(cpuBesideLane(20_000) / cpuBesideLane(20)).to.be.below(10)
  })

  it('stores the other rows of a batch when SQLite refuses one', () => {
    const { db, store } = openStore()
    db.exec("CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.command = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END")
    const rows = rowsOf([
      anEvent('1', { dedupeKey: 'x' }),
      anEvent('2', { dedupeKey: 'y', command: 'bad' }),
      anEvent('3', { dedupeKey: 'x' }),
    ])
    expect(store.append(rows, NOW)).to.deep.equal([null, { error: 'refused' }, { duplicateOf: '1' }])
    expect(store.stats(NOW)).to.deep.include({ events: 1, bytes: 2 })
    expect(store.stats(NOW).sinks.a?.pending).to.equal(1)
    // The refused row leaves no dedupe key and no delivery.
    db.exec('DROP TRIGGER refuse')
    expect(store.append(rowsOf([anEvent('4', { dedupeKey: 'y' })]), NOW)).to.deep.equal([null])
  })

  it('rejects the whole batch with `full`, stores no part of it, and accepts it later', async () => {
    const { db, store } = openStore(await newPath())
    const pages = db.pragma('page_count', { simple: true })
    db.pragma(`max_page_count = ${pages}`)
    const batch = rowsOf(someEvents(50, { raw: new Uint8Array(10_000) }))
    const error = errorOf(() => store.append(batch, NOW))
    expect(error).to.be.instanceOf(StoreError).and.include({ code: 'full' })
    expect(store.stats(NOW)).to.deep.equal({ events: 0, bytes: 0, sinks: {} })
    db.pragma('max_page_count = 1000000')
    expect(store.append(batch, NOW)).to.deep.equal(batch.map(() => null))
    expect(store.stats(NOW)).to.deep.include({ events: 50, bytes: 500_000 })
    db.close()
  })

  it('syncs every call that promises durability, and no claim or settlement', () => {
    const { db, store } = openStore()
    const isSynced = () => db.pragma('synchronous', { simple: true }) === 2
    const change = { sink: 'a', from: ['pending'], limit: 1, by: 'me' } as const
    const claim = () => store.claim({ sink: 'a', max: 1, leaseMs: 1, ordered: true }, NOW).claimed
    const retry = { type: 'retry', retryInMs: 1, error: 'no' } as const
    const calls = {
      claim,
      append: () => store.append(rowsOf(someEvents(2)), NOW),
      settle: () =>
        store.settle(
          claim().map(({ event: { id }, token }) => ({ sink: 'a', id, token, outcome: retry })),
          NOW,
        ),
      replay: () => store.replay(change, NOW),
      runInTransaction: () => store.runInTransaction('system', NOW, () => {}),
      discard: () => store.discard(change, NOW),
      reprocess: () => store.reprocess([], NOW),
      prune: () => store.prune({ delivered: 0, dead: 0, limit: 1 }, NOW),
    }
    const synced = Object.entries(calls).filter(([, call]) => {
      call()
      return isSynced()
    })
    expect(synced.map(([name]) => name)).to.deep.equal(['append', 'replay', 'discard', 'reprocess', 'prune'])
  })

  it('pages through events by index for a rare status and from a cursor', () => {
    const { db, store } = openStore()
    store.append(rowsOf(someEvents(10)), NOW)
    const plan = (sql: string) =>
      db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT * FROM event e WHERE ${sql} ORDER BY seq DESC LIMIT 50`).all()
    for (const condition of ["e.status = 'unknown' AND e.status <> 'accepted'", 'e.seq < 7']) {
      const details = plan(condition).map(({ detail }) => detail)
      expect(details, condition).to.have.length(1)
      expect(details[0], condition).to.match(/^SEARCH e USING/)
    }
  })

  it('searches each block once for a key', () => {
    for (const order of ['oldest', 'newest'] as const) {
      for (const count of [1, 63, 64, 65, 319, 320, 321, 5_000]) {
        const blocks = [...blockGroups([7, 6 + count], order)].flatMap(([low, high]) => {
          const span = Array.from({ length: high - low + 1 }, (_, n) => low + n)
          return order === 'oldest' ? span : span.toReversed()
        })
        const all = Array.from({ length: count }, (_, n) => 7 + n)
        expect(blocks).to.deep.equal(order === 'oldest' ? all : all.toReversed())
      }
    }
  })

  it('returns the events of a key in order across many blocks', () => {
    const { db, store } = openStore()
    const many = BLOCK_SIZE * 80
    const isWanted = (n: number) => n < 3 || n % 9_000 === 0 || n === many - 1
    const events = someEvents(many, { sinks: [] }).map((event, n) => ({ ...event, key: isWanted(n) ? 'k' : `other ${n}` }))
    store.append(rowsOf(events), NOW)
    const wanted = events.filter(({ key }) => key === 'k').map(({ id }) => id)
    for (const order of ['oldest', 'newest'] as const) {
      const expected = order === 'oldest' ? wanted : wanted.toReversed()
      const found: string[] = []
      for (let cursor: string | undefined, turn = 0; turn < wanted.length; turn += 1) {
        const page = store.find({ key: 'k', order, limit: 2, ...(cursor !== undefined && { cursor }) }, NOW)
        found.push(...page.events.map(({ id }) => id))
        cursor = page.next
        if (cursor === undefined) break
      }
      expect(found).to.deep.equal(expected)
    }
    expect(store.find({ key: 'unknown', order: 'newest', limit: 4 }, NOW).events).to.deep.equal([])
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('looks only into the blocks whose summaries do not exclude a key, a command, an app or a time', () => {
    const { db, store } = openStore()
    const many = BLOCK_SIZE * 40
    const events = someEvents(many, { sinks: [] }).map((event, n): NewEvent => ({ ...event, key: `key ${n}`, receivedAt: n }))
    events[BLOCK_SIZE * 20 + 7] = anEvent('rare', { key: 'rare', command: 'C', app: 7, sinks: [], receivedAt: BLOCK_SIZE * 20 + 7 })
    for (let from = 0; from < many; from += 1_000) store.append(rowsOf(events.slice(from, from + 1_000)), NOW)
    const searchBlocks = createBlockSearch(db)
    const looked = (filter: EventConditions) => {
      const blocks = new Set<number>()
      searchBlocks({ events: filter, order: 'oldest', limit: 1_000_000 }, ([from, to]) => {
        for (let block = from / BLOCK_SIZE; block < to / BLOCK_SIZE; block += 1) blocks.add(block)
        return []
      })
      return blocks
    }
    for (const filter of [{ key: 'rare' }, { command: 'C' }, { app: 7 }, { since: BLOCK_SIZE * 20 + 2, until: BLOCK_SIZE * 20 + 9 }]) {
      const blocks = looked(filter)
      expect(blocks.has(20), JSON.stringify(filter)).to.equal(true)
      // The last block has no summary yet, and a Bloom filter is right about 99 of 100 others.
      expect(blocks.size, JSON.stringify(filter)).to.be.below(5)
      expect(store.find({ ...filter, order: 'newest', limit: 9 }, NOW).events.map(({ id }) => id)).to.include('rare')
    }
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('finds a reprocessed event by the key that it got after its block was full', () => {
    const { db, store } = openStore()
    store.append(rowsOf([anEvent('late', { status: 'quarantined', sinks: [] }), ...someEvents(BLOCK_SIZE * 2)]), NOW)
    expect(store.reprocess([{ id: 'late', key: 'found', sinks: [] }], NOW)).to.equal(1)
    expect(store.find({ key: 'found', order: 'newest', limit: 9 }, NOW).events.map(({ id }) => id)).to.deep.equal(['late'])
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('knows the events of the last block again after it was opened', () => {
    const { db, store } = openStore()
    store.append(rowsOf(someEvents(BLOCK_SIZE - 9, { key: 'before' })), NOW)
    const next = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW)
    next.append(rowsOf(someEvents(BLOCK_SIZE, { key: 'after' }, BLOCK_SIZE)), NOW)
    expect(next.find({ key: 'before', order: 'newest', limit: 1_000 }, NOW).events).to.have.length(BLOCK_SIZE - 9)
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('removes expired dedupe keys, a few with each append', () => {
    const { db, store } = openStore()
    const some = (count: number, from: number) =>
      rowsOf(someEvents(count, {}, from).map((event) => ({ ...event, dedupeKey: `${from % 2 === 0 ? 1 : 2}${event.id}` })))
    const left = () => db.prepare('SELECT count(*) FROM dedupe').pluck().get()
    store.append(some(100, 0), NOW)
    store.append(some(100, 101), NOW)
    store.append(some(10, 300), NOW + DEFAULT_DEDUPE_WINDOW_MS)
    expect(left()).to.equal(190)
    for (let turn = 1; turn < 20; turn += 1) store.append(some(10, 300 + turn * 10), NOW + DEFAULT_DEDUPE_WINDOW_MS)
    expect(left()).to.equal(200)
    // The second round begins at the start of the table.
    for (let turn = 20; turn < 50; turn += 1) store.append(some(10, 300 + turn * 10), NOW + 2 * DEFAULT_DEDUPE_WINDOW_MS)
    expect(left()).to.equal(300)
  })

  const REQUEST = { sink: 'a', max: 256, leaseMs: 60_000, ordered: true }

  /** Claims once, and settles each claim as `outcomeOf` says. */
  const deliver = (store: Store, outcomeOf: (id: string) => Outcome | undefined, now = NOW, request = REQUEST): readonly string[] => {
    const { claimed } = store.claim(request, now)
    const settlements = claimed.flatMap(({ event: { id }, token }) => {
      const outcome = outcomeOf(id)
      return outcome ? [{ sink: 'a', id, token, outcome }] : []
    })
    store.settle(settlements, now)
    return claimed.map(({ event }) => event.id)
  }
  const countRows = (db: Database.Database) => db.prepare('SELECT count(*) FROM delivery').pluck().get()

  it('repeats after a crash only what was in flight or not written yet, and counts the attempt in flight', () => {
    const { db, store } = openStore()
    for (let from = 0; from < 2_000; from += 100) {
      store.append(rowsOf(someEvents(100, {}, from)), NOW)
      deliver(store, (id) => (id === 'e0' ? undefined : DELIVERED))
    }
    store.flush(NOW)
    store.append(rowsOf(someEvents(10, {}, 2_000)), NOW)
    deliver(store, () => DELIVERED)
    expect(countRows(db)).to.equal(0)
    const next = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW)
    const { claimed } = next.claim(REQUEST, NOW)
    const expected = ['e0', ...someEvents(10, {}, 2_000).map(({ id }) => id)]
    expect(claimed.map(({ event }) => event.id).sort()).to.deep.equal(expected.sort())
    expect(claimed.find(({ event }) => event.id === 'e0')?.attempt).to.equal(2)
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('counts each attempt of an event that ends the process', () => {
    const { db, store } = openStore()
    store.append(rowsOf(someEvents(3, { key: 'k' })), NOW)
    let next = store
    for (const attempt of [1, 2, 3]) {
      const { claimed } = next.claim(REQUEST, NOW)
      expect(claimed.map(({ event, attempt: counted }) => [event.id, counted])).to.deep.equal([['e0', attempt]])
      next = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW)
    }
  })

  it('writes rows only for the deliveries that failed, however many wait behind a failing sink', () => {
    const { db, store } = openStore()
    for (let from = 0; from < 20_000; from += 1_000) store.append(rowsOf(someEvents(1_000, {}, from)), NOW)
    const failed = deliver(store, () => ({ type: 'retry', retryInMs: 1_000, error: 'no' }), NOW, { ...REQUEST, max: 16 })
    expect([failed.length, countRows(db), store.stats(NOW).sinks.a?.pending]).to.deep.equal([16, 16, 20_000])
    const next = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW)
    expect(deliver(next, () => DELIVERED)).to.have.length(256)
    next.flush(NOW)
    expect([countRows(db), next.stats(NOW).sinks.a?.pending]).to.deep.equal([16, 20_000 - 256])
    expect(findInconsistencies(db)).to.deep.equal([])
  })

  it('delivers another key within a few claims behind 20 000 events of a failing key', () => {
    const { store } = openStore()
    for (let from = 0; from < 20_000; from += 1_000) store.append(rowsOf(someEvents(1_000, { key: 'hot' }, from)), NOW)
    store.append(rowsOf([anEvent('other', { key: 'other' })]), NOW)
    const retry = { type: 'retry', retryInMs: 60_000, error: 'no' } as const
    const delivered: string[] = []
    for (let turn = 0; turn < 5; turn += 1) delivered.push(...deliver(store, (id) => (id === 'other' ? DELIVERED : retry)))
    expect(delivered).to.deep.equal(['e0', 'other'])
  })

  it('removes old events past those that a removed sink holds', () => {
    const { store } = openStore()
    store.append(rowsOf([anEvent('held', { sinks: ['a', 'removed'] }), anEvent('done')]), NOW)
    deliver(store, () => DELIVERED)
    const later = NOW + DEFAULT_DEDUPE_WINDOW_MS
    expect(store.prune({ delivered: 1_000, dead: 1_000, limit: 10 }, later)).to.deep.equal({ events: 1, more: false })
    expect(store.find({ limit: 9, order: 'oldest' }, later).events.map(({ id }) => id)).to.deep.equal(['held'])
  })

  it('does not open a journal with a damaged offset', () => {
    const { db, store } = openStore()
    store.append(rowsOf(someEvents(3)), NOW)
    db.exec('UPDATE sink SET read_to = read_to | 4')
    expect(errorOf(() => createStore(db, DEFAULT_DEDUPE_WINDOW_MS, NOW)))
      .to.be.instanceOf(StoreError)
      .and.include({ code: 'corrupt' })
  })
})
