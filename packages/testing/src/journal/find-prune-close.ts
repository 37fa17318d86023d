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

const DAY_MS = 86_400_000
const LIMITS: RetentionLimits = { delivered: DAY_MS, dead: 3 * DAY_MS, limit: 100 }

const followPages = async ({ journal }: TestJournal, query: EventQuery): Promise<readonly string[]> => {
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
export const findPruneCloseRules: Rules = {
  'J19 find returns every event with all its fields': async (tested) => {
    const decision = { by: 'fallback', code: 0, ms: 12, warning: 'late' } as const
    const event: NewEvent = newEvent('1', {
      status: 'quarantined',
      eventTime: 5,
      rebuilt: true,
      reasons: ['GroupId: missing'],
      decision,
      sinks: [],
    })
    await tested.journal().append([event])
    const { raw, sinks, ...rest } = event
    assert.deepEqual(await findOne(tested, '1'), { ...rest, duplicates: 0, deliveries: [] })
  },
  'J19 prune removes an event when its last delivery ended long enough ago': async (tested) => {
    const { clock, journal } = tested
    await journal().append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('none', { sinks: [] })])
    await clock.advance(DAY_MS)
    await claimAndSettleAll(tested, DELIVERED)
    await claimAndSettleAll(tested, DELIVERED, { sink: 'b' })
    assert.deepEqual(await journal().prune(LIMITS), { events: 1, more: false })
    assert.deepEqual(await findIds(tested), ['1'])
    await clock.advance(DAY_MS - 1)
    assert.equal((await journal().prune(LIMITS)).events, 0)
    await clock.advance(1)
    assert.equal((await journal().prune(LIMITS)).events, 1)
  },
  'J19 prune never removes an event with a pending delivery': async (tested) => {
    await tested.journal().append([newEvent('1', { sinks: ['a', 'held'] })])
    await claimAndSettleAll(tested, DEAD)
    await tested.clock.advance(100 * DAY_MS)
    assert.equal((await tested.journal().prune(LIMITS)).events, 0)
  },
  'J19 prune keeps an event with a dead delivery for the longer time, counted from the end of that delivery': async (tested) => {
    const { clock, journal } = tested
    await journal().append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('discarded')])
    await discard(tested, ['pending'], { ids: ['discarded'] })
    await claimAndSettleAll(tested, DEAD)
    await clock.advance(DAY_MS)
    await claimAndSettleAll(tested, DELIVERED, { sink: 'b' })
    await clock.advance(2 * DAY_MS - 1)
    assert.equal((await journal().prune(LIMITS)).events, 1)
    assert.deepEqual(await findIds(tested), ['1'])
    await clock.advance(1)
    assert.equal((await journal().prune(LIMITS)).events, 1)
  },
  'J19 prune never removes an event inside the dedupe window': async (tested) => {
    const { clock, journal } = tested
    const nothing = { delivered: 0, dead: 0, limit: 100 }
    await journal().append([newEvent('1', { dedupeKey: 'x' })])
    await claimAndSettleAll(tested, DELIVERED)
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.equal((await journal().prune(nothing)).events, 0)
    await clock.advance(1)
    assert.equal((await journal().prune(nothing)).events, 1)
  },
  'J19 prune removes at most `limit` events, and sets `more` when others are left': async (tested) => {
    await tested.journal().append(['1', '2', '3'].map((id) => newEvent(id, { sinks: [] })))
    await tested.clock.advance(DAY_MS)
    assert.deepEqual(await tested.journal().prune({ ...LIMITS, limit: 2 }), { events: 2, more: true })
    assert.deepEqual(await tested.journal().prune({ ...LIMITS, limit: 2 }), { events: 1, more: false })
    assert.deepEqual(await tested.journal().stats(), { events: 0, bytes: 0, sinks: {} })
  },
  'J20 find supports each condition of a filter, and all of them together': async (tested) => {
    const other = newEvent('other', { key: 'k', app: 2, command: 'C', status: 'unknown', receivedAt: 5, sinks: ['b'] })
    await tested.journal().append([newEvent('1', { key: 'l', receivedAt: 6 }), other, newEvent('3', { receivedAt: 7 })])
    await claimAndSettleAll(tested, DEAD, { sink: 'b' })
    const filters = [
      { ids: ['other', 'x'] },
      { key: 'k' },
      { app: 2 },
      { command: 'C' },
      { status: 'unknown' },
      { until: 6 },
      { sink: 'b' },
      { state: 'dead' },
    ] as const
    for (const filter of filters) assert.deepEqual(await findIds(tested, filter), ['other'], JSON.stringify(filter))
    assert.deepEqual(await findIds(tested, Object.assign({}, ...filters)), ['other'])
    assert.deepEqual(await findIds(tested, { sink: 'a', state: 'dead' }), [])
    assert.deepEqual(await findIds(tested, { since: 6, until: 7 }), ['1'])
    assert.deepEqual(await findIds(tested, { since: 6, state: 'pending' }), ['1', '3'])
    assert.deepEqual(await findIds(tested, { ids: [] }), [])
  },
  'J20 find pages from both ends without gaps or repeats': async (tested) => {
    const ids = Array.from({ length: 7 }, (_, index) => `e${index}`)
    await tested.journal().append(ids.map((id) => newEvent(id, { sinks: id === 'e3' ? ['b'] : ['a'] })))
    const without = ids.filter((id) => id !== 'e3')
    for (const limit of [1, 2, 3, 7, 10]) {
      assert.deepEqual(await followPages(tested, { limit, order: 'oldest' }), ids)
      assert.deepEqual(await followPages(tested, { limit, order: 'newest' }), ids.toReversed())
      assert.deepEqual(await followPages(tested, { limit, order: 'oldest', sink: 'a', state: 'pending' }), without)
      assert.deepEqual(await followPages(tested, { limit, order: 'newest', sink: 'a' }), without.toReversed())
    }
  },
  'J20 a cursor from `oldest` finds events that are stored later, also after a prune': async (tested) => {
    const { clock, journal } = tested
    await journal().append(['1', '2', '3'].map((id) => newEvent(id, { sinks: [] })))
    const first = await journal().find({ limit: 2, order: 'oldest' })
    await clock.advance(DAY_MS)
    await journal().prune(LIMITS)
    await journal().append([newEvent('4')])
    assert.ok(first.next)
    assert.deepEqual(
      (await journal().find({ limit: 2, order: 'oldest', cursor: first.next })).events.map(({ id }) => id),
      ['4'],
    )
  },
  'J20 `last` of any page is a cursor that finds events that are stored later': async (tested) => {
    const { journal } = tested
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
  'J20 find returns `raw` only on request': async (tested) => {
    await tested.journal().append([newEvent('1')])
    assert.equal((await findEvents(tested))[0]?.raw, undefined)
    assert.deepEqual(Uint8Array.from((await findEvents(tested, { raw: true }))[0]?.raw ?? []), newEvent('1').raw)
  },
  'J20 stats counts events, bytes and the deliveries of each sink': async (tested) => {
    const { journal, clock } = tested
    const raw = new Uint8Array(10)
    await journal().append(eventsOfKey('k', '1', '2').map((event) => ({ ...event, raw, receivedAt: 7, sinks: ['a', 'b'] })))
    await journal().append([
      newEvent('3', { raw, receivedAt: 8, dedupeKey: 'x' }),
      newEvent('4', { raw, dedupeKey: 'x' }),
      newEvent('5', { raw }),
    ])
    await settle(tested, await claimOnly(tested, { max: 1 }), DELIVERED)
    const nothing = { leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }
    const b = { ...nothing, pending: 2, oldestPending: 7 }
    const [, , last] = (await claim(tested)).claims
    assert.deepEqual(await journal().stats(), {
      events: 4,
      bytes: 40,
      sinks: { a: { ...nothing, pending: 3, leased: 3, delivered: 1, oldestPending: 7 }, b },
    })
    assert.ok(last)
    await settle(tested, last, DEAD)
    await clock.advance(LEASE_MS)
    await discard(tested, ['pending'], { ids: ['2'] })
    await claimAndSettleAll(tested, retryIn(10), { max: 1 })
    const { a } = (await journal().stats()).sinks
    assert.deepEqual(
      { ...a, oldestPending: 0 },
      { ...nothing, pending: 1, delivered: 1, dead: 1, discarded: 1, delayed: 1, oldestPending: 0 },
    )
  },
  'J21 close lets running calls finish, and then every call rejects with `closed`': async ({ journal }) => {
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
      () => journal().prune(LIMITS),
      () => journal().stats(),
    ]
    for (const call of calls) await assert.rejects(call, isClosed)
  },
  'J21 a second close resolves': async ({ journal }) => {
    await journal().close()
    await journal().close()
  },
}
