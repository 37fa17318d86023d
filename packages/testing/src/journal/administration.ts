import assert from 'node:assert/strict'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import {
  claim,
  claimAndSettleAll,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  deliveryStates,
  eventsOfKey,
  findEvents,
  findIds,
  findOne,
  newEvent,
  type Rules,
  retryIn,
  settle,
} from './test-journal.ts'

const HOUR_MS = 3_600_000
const REPLAY = { sink: 'a', from: ['dead'], by: 'the suite' } as const

const quarantined = (id: string, fields: Parameters<typeof newEvent>[1] = {}) =>
  newEvent(id, { status: 'quarantined', reasons: ['GroupId: expected string'], sinks: [], ...fields })

/** More tests of J17, J19 and J20: what operators and the retention do. */
export const administrationRules: Rules = {
  'J17 a replay that continues at `next` replays no delivery twice, also when it is dead again': async (tested) => {
    const { journal } = tested
    await journal().append(['1', '2', '3', '4', '5'].map((id) => newEvent(id)))
    await claimAndSettleAll(tested, DEAD)
    const replayed: string[] = []
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const { changed, next } = await journal().replay({ ...REPLAY, limit: 2, cursor })
      const { claims } = await claim(tested)
      assert.equal(claims.length, changed)
      replayed.push(...claims.map(({ event }) => event.id))
      for (const each of claims) await settle(tested, each, DEAD)
      cursor = next
    }
    assert.deepEqual(replayed.sort(), ['1', '2', '3', '4', '5'])
  },
  'J17 a dry run returns `next` while more deliveries match': async ({ journal }) => {
    await journal().append(['1', '2', '3'].map((id) => newEvent(id)))
    const change = { ...REPLAY, from: ['pending'], limit: 2, dryRun: true } as const
    const { more, next } = await journal().discard(change)
    assert.deepEqual([more, typeof next], [true, 'string'])
    assert.deepEqual(await journal().discard({ ...change, ...(next !== undefined && { cursor: next }) }), {
      changed: 1,
      busy: 0,
      more: false,
    })
  },
  'J19 reprocess accepts a quarantined event with its key, time and deliveries, at the end of its lane': async (tested) => {
    const { journal } = tested
    await journal().append([quarantined('1'), ...eventsOfKey('k', '2')])
    assert.equal(await journal().reprocess([{ id: '1', key: 'k', eventTime: 7, sinks: ['a', 'b', 'a'] }]), 1)
    const { status, key, eventTime, reasons, deliveries } = await findOne(tested, '1')
    assert.deepEqual([status, key, eventTime, reasons], ['accepted', 'k', 7, undefined])
    assert.deepEqual(
      deliveries.map(({ sink, state }) => [sink, state]),
      [
        ['a', 'pending'],
        ['b', 'pending'],
      ],
    )
    await settle(tested, await claimOnly(tested), DELIVERED)
    const reprocessed = await claimOnly(tested)
    assert.deepEqual([reprocessed.event.id, reprocessed.event.status, reprocessed.replay], ['1', 'accepted', false])
    assert.deepEqual(await findIds(tested, { status: 'quarantined' }), [])
    assert.deepEqual(await findIds(tested, { key: 'k' }), ['1', '2'])
  },
  'J19 reprocess accepts an event without a key or without sinks': async (tested) => {
    await tested.journal().append([quarantined('1'), quarantined('2', { eventTime: 5 })])
    const requests = [
      { id: '1', sinks: ['a'] },
      { id: '2', sinks: [] },
    ]
    assert.equal(await tested.journal().reprocess(requests), 2)
    assert.deepEqual(await claimIds(tested), ['1'])
    assert.deepEqual(await deliveryStates(tested, '2'), {})
    assert.equal((await findOne(tested, '2')).eventTime, 5)
  },
  'J19 reprocess does not move an existing delivery, which gets the event as it is now': async (tested) => {
    await tested.journal().append([quarantined('1', { sinks: ['a'] }), ...eventsOfKey('k', '2')])
    assert.equal(await tested.journal().reprocess([{ id: '1', key: 'k', sinks: ['a'] }]), 1)
    const { claims } = await claim(tested)
    assert.deepEqual(claims.map(({ event: { id, status, key, reasons } }) => [id, status, key, reasons]).sort(), [
      ['1', 'accepted', 'k', undefined],
      ['2', 'accepted', 'k', undefined],
    ])
  },
  'J19 reprocess accepts only quarantined events, and each only once': async (tested) => {
    await tested.journal().append([quarantined('1'), newEvent('2', { sinks: [] }), newEvent('3', { status: 'unknown', sinks: [] })])
    const requests = ['1', '1', '2', '3', 'unknown'].map((id) => ({ id, key: 'k', sinks: ['a'] }))
    assert.equal(await tested.journal().reprocess(requests), 1)
    assert.equal(await tested.journal().reprocess(requests), 0)
    assert.deepEqual(await claimIds(tested), ['1'])
    assert.deepEqual(
      (await findEvents(tested)).map(({ status }) => status),
      ['accepted', 'accepted', 'unknown'],
    )
  },
  'J19 prune keeps a quarantined event as long as a dead one': async (tested) => {
    const limits = { delivered: HOUR_MS, dead: 3 * HOUR_MS, limit: 10 }
    await tested.journal().append([quarantined('1'), newEvent('2', { sinks: [] })])
    await tested.clock.advance(2 * HOUR_MS)
    assert.equal((await tested.journal().prune(limits)).events, 1)
    assert.deepEqual(await findIds(tested), ['1'])
    await tested.clock.advance(HOUR_MS)
    assert.equal((await tested.journal().prune(limits)).events, 1)
  },
  'J19 prune removes the oldest delivered events while the journal has more than `bytes`, and no dead, pending or new ones': async (
    tested,
  ) => {
    const raw = new Uint8Array(100)
    const limits = { delivered: 10 * HOUR_MS, dead: 10 * HOUR_MS, limit: 10 }
    const { journal, clock } = tested
    await journal().append(['1', '2', '3', 'dead', 'pending'].map((id) => newEvent(id, { raw, key: id })))
    for (const id of ['2', '1', '3', 'dead']) {
      const { claims } = await claim(tested)
      for (const each of claims) {
        if (each.event.id === id) await settle(tested, each, id === 'dead' ? DEAD : DELIVERED)
        else await settle(tested, each, { type: 'released' })
      }
      await clock.advance(1_000)
    }
    assert.equal((await journal().prune({ ...limits, bytes: 0 })).events, 0)
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    await journal().append([newEvent('new', { raw, sinks: [] })])
    assert.deepEqual(await journal().prune({ ...limits, bytes: 600 }), { events: 0, more: false })
    assert.deepEqual(await journal().prune({ ...limits, bytes: 450 }), { events: 2, more: false })
    assert.deepEqual(await findIds(tested), ['3', 'dead', 'pending', 'new'])
    assert.deepEqual(await journal().prune({ ...limits, bytes: 0 }), { events: 1, more: false })
    assert.deepEqual(await findIds(tested), ['dead', 'pending', 'new'])
  },
  'J19 prune by bytes removes at most `limit` events': async (tested) => {
    await tested.journal().append(['1', '2', '3'].map((id) => newEvent(id, { raw: new Uint8Array(100), sinks: [] })))
    await tested.clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    const limits = { delivered: HOUR_MS, dead: HOUR_MS, bytes: 0, limit: 2 }
    assert.deepEqual(await tested.journal().prune(limits), { events: 2, more: true })
    assert.deepEqual(await tested.journal().prune(limits), { events: 1, more: false })
  },
  'J20 blocked returns the keys that wait for a retry, the earliest retry first': async (tested) => {
    const { journal, clock } = tested
    await journal().append([...eventsOfKey('k', '1', '2', '3'), ...eventsOfKey('l', '4'), ...eventsOfKey('m', '5'), newEvent('6')])
    for (const each of (await claim(tested)).claims) {
      if (each.event.id === '5') await settle(tested, each, DELIVERED)
      else await settle(tested, each, retryIn(each.event.id === '1' ? 2_000 : 1_000))
    }
    const common = { app: 1400000000, command: 'Group.CallbackAfterGroupDestroyed', attempts: 1, error: 'connection reset' }
    const k = { ...common, key: 'k', id: '1', dueAt: clock.now() + 2_000, waitingBehind: 2 }
    const l = { ...common, key: 'l', id: '4', dueAt: clock.now() + 1_000, waitingBehind: 0 }
    assert.deepEqual(await journal().blocked('a', 10), [l, k])
    assert.deepEqual(await journal().blocked('a', 1), [l])
    assert.deepEqual(await journal().blocked('b', 10), [])
    assert.equal((await journal().stats()).sinks.a?.delayed, 3)
    await clock.advance(1_000)
    assert.deepEqual(await journal().blocked('a', 10), [k])
    assert.equal((await journal().stats()).sinks.a?.delayed, 1)
  },
  'J20 find searches in the errors of deliveries': async (tested) => {
    await tested.journal().append(['1', '2'].map((id) => newEvent(id, { sinks: ['a', 'b'] })))
    for (const each of (await claim(tested)).claims) await settle(tested, each, { type: 'dead', error: `no space for ${each.event.id}%` })
    assert.deepEqual(await findIds(tested, { error: 'space for 2%' }), ['2'])
    assert.deepEqual(await findIds(tested, { error: 'no space', sink: 'a', state: 'dead' }), ['1', '2'])
    assert.deepEqual(await findIds(tested, { error: 'no space', state: 'dead' }), ['1', '2'])
    assert.deepEqual(await findIds(tested, { error: 'no space', sink: 'b' }), [])
    assert.deepEqual(await findIds(tested, { error: 'nospace' }), [])
  },
}
