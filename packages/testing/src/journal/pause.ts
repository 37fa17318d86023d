import assert from 'node:assert/strict'
import type { Outcome } from '@callboard/core'
import {
  claim,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  deliveryStates,
  discard,
  eventsOfKey,
  LEASE_MS,
  newEvent,
  type Rules,
  replay,
  settle,
  type TestJournal,
} from './test-journal.ts'

const GONE: Outcome = { type: 'dead', error: 'the receiver answered 410', pause: true }

/** Pauses sink `a` by the event with this id, which it appends. */
const pauseBy = async (tested: TestJournal, id: string): Promise<void> => {
  await tested.journal().append([newEvent(id)])
  assert.equal(await settle(tested, await claimOnly(tested), GONE), 'settled')
}

const pauseOf = async ({ journal }: TestJournal, sink = 'a') => (await journal().stats()).sinks[sink]?.paused

/** Rule J22. */
export const pauseRules: Rules = {
  'J22 a dead outcome with `pause` pauses the sink: its deliveries stay pending, and no claim gets them': async (tested) => {
    await pauseBy(tested, 'gone')
    const paused = { since: tested.clock.now(), reason: 'the receiver answered 410' }
    await tested.clock.advance(1_000)
    await tested.journal().append([...eventsOfKey('k', '1', '2'), newEvent('3', { sinks: ['a', 'b'] })])
    assert.deepEqual(await claim(tested), { claims: [], paused })
    assert.deepEqual(await claim(tested, { ordered: false }), { claims: [], paused })
    assert.deepEqual(await deliveryStates(tested, 'gone'), { a: 'dead' })
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'pending' })
    assert.deepEqual(await pauseOf(tested), paused)
    assert.equal(await pauseOf(tested, 'b'), undefined)
    assert.deepEqual(await claimIds(tested, { sink: 'b' }), ['3'])
  },
  'J22 an append leases no delivery of a paused sink': async (tested) => {
    await pauseBy(tested, 'gone')
    const request = { max: 10, leaseMs: LEASE_MS, ordered: true }
    const [result] = await tested.journal().append(
      [newEvent('1', { sinks: ['a', 'b'] })],
      [
        { ...request, sink: 'a' },
        { ...request, sink: 'b' },
      ],
    )
    assert.equal(result?.type === 'recorded' && result.tokens?.a, undefined)
    assert.equal((await tested.journal().stats()).sinks.a?.leased, 0)
  },
  'J22 resume ends the pause, and the deliveries come in their order': async (tested) => {
    await pauseBy(tested, 'gone')
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    assert.equal(await tested.journal().resume('b'), false)
    assert.equal(await tested.journal().resume('a'), true)
    assert.equal(await tested.journal().resume('a'), false)
    assert.equal(await pauseOf(tested), undefined)
    for (const id of ['1', '2']) {
      const next = await claimOnly(tested)
      assert.equal(next.event.id, id)
      await settle(tested, next, DELIVERED)
    }
  },
  'J22 a second pause changes nothing, and neither does a stale settlement': async (tested) => {
    await tested.journal().append(['1', '2', '3'].map((id) => newEvent(id)))
    const { claims } = await claim(tested)
    const [first, second, third] = claims
    assert.ok(first && second && third)
    await settle(tested, third, DEAD)
    assert.equal(await settle(tested, third, GONE), 'stale')
    assert.equal(await pauseOf(tested), undefined)
    await settle(tested, first, GONE)
    const paused = await pauseOf(tested)
    await tested.clock.advance(1_000)
    assert.equal(await settle(tested, second, { type: 'dead', error: 'another reason', pause: true }), 'settled')
    assert.ok(paused)
    assert.deepEqual(await pauseOf(tested), paused)
  },
  'J22 deliveries that were claimed before the pause can be settled, and those of a paused sink replayed and discarded': async (tested) => {
    await tested.journal().append(['1', '2'].map((id) => newEvent(id)))
    const { claims } = await claim(tested)
    const [gone, other] = claims
    assert.ok(gone && other)
    await settle(tested, gone, GONE)
    assert.equal(await settle(tested, other, DELIVERED), 'settled')
    await tested.journal().append([newEvent('3')])
    assert.equal((await discard(tested, ['pending'], { ids: ['3'] })).changed, 1)
    assert.equal((await replay(tested, ['dead'])).changed, 1)
    assert.deepEqual(await claimIds(tested), [])
    await tested.journal().resume('a')
    assert.deepEqual(await claimIds(tested), [gone.event.id])
  },
  'J22 the name of a paused sink and the reason come back unchanged': async (tested) => {
    const sink = '群\ud800 \0'
    const reason = 'a\ud800\0'
    await tested.journal().append([newEvent('1', { sinks: [sink] })])
    await settle(tested, await claimOnly(tested, { sink }), { type: 'dead', error: reason, pause: true }, sink)
    assert.deepEqual(await claim(tested, { sink }), { claims: [], paused: { since: tested.clock.now(), reason } })
    assert.equal((await pauseOf(tested, sink))?.reason, reason)
    assert.equal(await tested.journal().resume(sink), true)
  },
}

/** Rule J22 for a durable journal. */
export const durablePauseRules: Rules = {
  'J22 a paused sink is paused in a reopened journal, and a resumed one is not': async (tested) => {
    await pauseBy(tested, 'gone')
    await tested.journal().append([newEvent('1')])
    const paused = await pauseOf(tested)
    assert.ok(paused)
    await tested.reopen()
    assert.deepEqual(await claim(tested), { claims: [], paused })
    assert.deepEqual(await pauseOf(tested), paused)
    await tested.journal().resume('a')
    await tested.reopen()
    assert.deepEqual(await claimIds(tested), ['1'])
  },
}
