import assert from 'node:assert/strict'
import {
  DEFAULT_DEDUPE_WINDOW_MS,
  type EventPage,
  type EventQuery,
  JournalError,
  type NewEvent,
  type RetentionLimits,
} from '@callboard/core'
import {
  claim,
  claimAndSettleAll,
  claimOnly,
  DEAD,
  DELIVERED,
  discard,
  eventsOfKey,
  findEvents,
  findIds,
  findOne,
  LEASE_MS,
  newEvent,
  type Rules,
  retryIn,
  settle,
  type TestJournal,
} from './test-journal.ts'

const DAY = 86_400_000
const KEEP: RetentionLimits = { delivered: DAY, dead: 3 * DAY, limit: 100 }

const follow = async ({ journal }: TestJournal, query: EventQuery): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let page: EventPage | undefined = await journal().find(query); page; ) {
    assert.ok(page.events.length <= query.limit)
    ids.push(...page.events.map(({ id }) => id))
    page = page.next === undefined ? undefined : await journal().find({ ...query, cursor: page.next })
  }
  return ids
}

const isClosed = (error: unknown): boolean => error instanceof JournalError && error.code === 'closed'

/** Rules J19 to J21. */
export const readingRules: Rules = {
  'J19 every event ends in `find`, with all that was known about it': async (bench) => {
    const decision = { by: 'fallback', code: 0, ms: 12, complaint: 'late' } as const
    const event: NewEvent = newEvent('1', {
      status: 'quarantined',
      eventTime: 5,
      rebuilt: true,
      reasons: ['GroupId: missing'],
      decision,
      sinks: [],
    })
    await bench.journal().append([event])
    const { raw, sinks, ...rest } = event
    assert.deepEqual(await findOne(bench, '1'), { ...rest, duplicates: 0, deliveries: [] })
  },
  'J19 prunes an event a while after its last delivery ended': async (bench) => {
    const { clock, journal } = bench
    await journal().append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('none', { sinks: [] })])
    await clock.advance(DAY)
    await claimAndSettleAll(bench, DELIVERED)
    await claimAndSettleAll(bench, DELIVERED, { sink: 'b' })
    assert.deepEqual(await journal().prune(KEEP), { events: 1, more: false })
    assert.deepEqual(await findIds(bench), ['1'])
    await clock.advance(DAY - 1)
    assert.equal((await journal().prune(KEEP)).events, 0)
    await clock.advance(1)
    assert.equal((await journal().prune(KEEP)).events, 1)
  },
  'J19 prunes nothing that has a pending delivery': async (bench) => {
    await bench.journal().append([newEvent('1', { sinks: ['a', 'held'] })])
    await claimAndSettleAll(bench, DEAD)
    await bench.clock.advance(100 * DAY)
    assert.equal((await bench.journal().prune(KEEP)).events, 0)
  },
  'J19 keeps dead ones for longer, counted from their own end': async (bench) => {
    const { clock, journal } = bench
    await journal().append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('discarded')])
    await discard(bench, ['pending'], { ids: ['discarded'] })
    await claimAndSettleAll(bench, DEAD)
    await clock.advance(DAY)
    await claimAndSettleAll(bench, DELIVERED, { sink: 'b' })
    await clock.advance(2 * DAY - 1)
    assert.equal((await journal().prune(KEEP)).events, 1)
    assert.deepEqual(await findIds(bench), ['1'])
    await clock.advance(1)
    assert.equal((await journal().prune(KEEP)).events, 1)
  },
  'J19 prunes nothing inside of the dedupe window, so that a copy still finds the first': async (bench) => {
    const { clock, journal } = bench
    const nothing = { delivered: 0, dead: 0, limit: 100 }
    await journal().append([newEvent('1', { dedupeKey: 'x' })])
    await claimAndSettleAll(bench, DELIVERED)
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.equal((await journal().prune(nothing)).events, 0)
    await clock.advance(1)
    assert.equal((await journal().prune(nothing)).events, 1)
  },
  'J19 prunes no more than `limit` at once, and says that there is more': async (bench) => {
    await bench.journal().append(['1', '2', '3'].map((id) => newEvent(id, { sinks: [] })))
    await bench.clock.advance(DAY)
    assert.deepEqual(await bench.journal().prune({ ...KEEP, limit: 2 }), { events: 2, more: true })
    assert.deepEqual(await bench.journal().prune({ ...KEEP, limit: 2 }), { events: 1, more: false })
    assert.deepEqual(await bench.journal().stats(), { events: 0, bytes: 0, sinks: {} })
  },
  'J20 finds by every part of a filter, and by all of them together': async (bench) => {
    const odd = newEvent('odd', { key: 'k', app: 2, command: 'C', status: 'unknown', receivedAt: 5, sinks: ['b'] })
    await bench.journal().append([newEvent('1', { key: 'l', receivedAt: 6 }), odd, newEvent('3', { receivedAt: 7 })])
    await claimAndSettleAll(bench, DEAD, { sink: 'b' })
    const filters = [
      { ids: ['odd', 'x'] },
      { key: 'k' },
      { app: 2 },
      { command: 'C' },
      { status: 'unknown' },
      { until: 6 },
      { sink: 'b' },
      { state: 'dead' },
    ] as const
    for (const filter of filters) assert.deepEqual(await findIds(bench, filter), ['odd'], JSON.stringify(filter))
    assert.deepEqual(await findIds(bench, Object.assign({}, ...filters)), ['odd'])
    assert.deepEqual(await findIds(bench, { sink: 'a', state: 'dead' }), [])
    assert.deepEqual(await findIds(bench, { since: 6, until: 7 }), ['1'])
    assert.deepEqual(await findIds(bench, { since: 6, state: 'pending' }), ['1', '3'])
    assert.deepEqual(await findIds(bench, { ids: [] }), [])
  },
  'J20 pages from either end without gaps or repeats': async (bench) => {
    const ids = Array.from({ length: 7 }, (_, place) => `e${place}`)
    await bench.journal().append(ids.map((id) => newEvent(id, { sinks: id === 'e3' ? ['b'] : ['a'] })))
    const without = ids.filter((id) => id !== 'e3')
    for (const limit of [1, 2, 3, 7, 10]) {
      assert.deepEqual(await follow(bench, { limit, order: 'oldest' }), ids)
      assert.deepEqual(await follow(bench, { limit, order: 'newest' }), ids.toReversed())
      assert.deepEqual(await follow(bench, { limit, order: 'oldest', sink: 'a', state: 'pending' }), without)
      assert.deepEqual(await follow(bench, { limit, order: 'newest', sink: 'a' }), without.toReversed())
    }
  },
  'J20 following `oldest` misses nothing that commits later, and pruning moves nothing': async (bench) => {
    const { clock, journal } = bench
    await journal().append(['1', '2', '3'].map((id) => newEvent(id, { sinks: [] })))
    const first = await journal().find({ limit: 2, order: 'oldest' })
    await clock.advance(DAY)
    await journal().prune(KEEP)
    await journal().append([newEvent('4')])
    assert.ok(first.next)
    assert.deepEqual(
      (await journal().find({ limit: 2, order: 'oldest', cursor: first.next })).events.map(({ id }) => id),
      ['4'],
    )
  },
  'J20 the cursor behind the last event of any page, of the very last one too, leads to what commits later': async (bench) => {
    const { journal } = bench
    assert.equal((await journal().find({ limit: 2, order: 'oldest' })).last, undefined)
    await journal().append(['1', '2', '3'].map((id) => newEvent(id)))
    const newest = await journal().find({ limit: 1, order: 'newest' })
    const oldest = await journal().find({ limit: 3, order: 'oldest' })
    assert.equal(oldest.next, undefined)
    assert.ok(oldest.last)
    assert.equal(newest.last, oldest.last)
    await journal().append([newEvent('4')])
    const { events } = await journal().find({ limit: 2, order: 'oldest', cursor: oldest.last })
    assert.deepEqual(
      events.map(({ id }) => id),
      ['4'],
    )
  },
  'J20 hands out `raw` on request only': async (bench) => {
    await bench.journal().append([newEvent('1')])
    assert.equal((await findEvents(bench))[0]?.raw, undefined)
    assert.deepEqual(Uint8Array.from((await findEvents(bench, { raw: true }))[0]?.raw ?? []), newEvent('1').raw)
  },
  'J20 keeps count of events, bytes and the deliveries of each sink': async (bench) => {
    const { journal, clock } = bench
    const raw = new Uint8Array(10)
    await journal().append(eventsOfKey('k', '1', '2').map((event) => ({ ...event, raw, receivedAt: 7, sinks: ['a', 'b'] })))
    await journal().append([
      newEvent('3', { raw, receivedAt: 8, dedupeKey: 'x' }),
      newEvent('4', { raw, dedupeKey: 'x' }),
      newEvent('5', { raw }),
    ])
    await settle(bench, await claimOnly(bench, { max: 1 }), DELIVERED)
    const nothing = { leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }
    const b = { ...nothing, pending: 2, oldestPending: 7 }
    const [, , last] = (await claim(bench)).claims
    assert.deepEqual(await journal().stats(), {
      events: 4,
      bytes: 40,
      sinks: { a: { ...nothing, pending: 3, leased: 3, delivered: 1, oldestPending: 7 }, b },
    })
    assert.ok(last)
    await settle(bench, last, DEAD)
    await clock.advance(LEASE_MS)
    await discard(bench, ['pending'], { ids: ['2'] })
    await claimAndSettleAll(bench, retryIn(10), { max: 1 })
    const { a } = (await journal().stats()).sinks
    assert.deepEqual(
      { ...a, oldestPending: 0 },
      { ...nothing, pending: 1, delivered: 1, dead: 1, discarded: 1, delayed: 1, oldestPending: 0 },
    )
  },
  'J21 lets running calls finish, then rejects every call': async ({ journal }) => {
    const running = journal().append([newEvent('1')])
    const closing = journal().close()
    assert.deepEqual(await running, [{ type: 'recorded', id: '1' }])
    await closing
    const change = { sink: 'a', from: [], limit: 1, by: 'the suite' }
    const calls = [
      () => journal().append([newEvent('2')]),
      () => journal().claim({ sink: 'a', max: 1, leaseMs: LEASE_MS, ordered: true }),
      () => journal().settle([]),
      () => journal().find({ limit: 1, order: 'newest' }),
      () => journal().replay(change),
      () => journal().discard(change),
      () => journal().reprocess([]),
      () => journal().blocked('a', 1),
      () => journal().prune(KEEP),
      () => journal().stats(),
    ]
    for (const call of calls) await assert.rejects(call, isClosed)
  },
  'J21 closes twice without harm': async ({ journal }) => {
    await journal().close()
    await journal().close()
  },
}
