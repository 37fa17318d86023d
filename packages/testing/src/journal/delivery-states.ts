import assert from 'node:assert/strict'
import type { DeliveryState } from '@callboard/core'
import {
  claim,
  claimAndSettleAll,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  deliveryStates,
  discard,
  eventsOfKey,
  findEvents,
  findIds,
  findOne,
  LEASE_MS,
  newEvent,
  type Rules,
  replay,
  retryIn,
  settle,
  type TestJournal,
} from './test-journal.ts'

const endAsDead = (tested: TestJournal) => claimAndSettleAll(tested, DEAD)

/** Rules J16 to J18. */
export const deliveryStateRules: Rules = {
  'J16 a delivery that is delivered, dead or discarded frees its lane at once': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3', '4'))
    await settle(tested, await claimOnly(tested), DELIVERED)
    await settle(tested, await claimOnly(tested), DEAD)
    await discard(tested, ['pending'], { ids: ['3'] })
    assert.equal((await claimOnly(tested)).event.id, '4')
    const states: (DeliveryState | undefined)[] = (await findEvents(tested)).map(({ deliveries }) => deliveries[0]?.state)
    assert.deepEqual(states, ['delivered', 'dead', 'discarded', 'pending'])
  },
  'J16 find returns the error of the last failed attempt': async (tested) => {
    await tested.journal().append([newEvent('1'), newEvent('2')])
    const [one, two] = (await claim(tested)).claims
    assert.ok(one && two)
    await settle(tested, one, retryIn(1_000))
    await settle(tested, two, DEAD)
    const [retried, dead] = [await findOne(tested, one.event.id), await findOne(tested, two.event.id)]
    const dueAt = tested.clock.now() + 1_000
    assert.deepEqual(retried.deliveries, [{ sink: 'a', state: 'pending', attempts: 1, dueAt, error: 'connection reset' }])
    assert.deepEqual(dead.deliveries, [{ sink: 'a', state: 'dead', attempts: 1, error: 'refused by the sink' }])
  },
  'J16 an outcome for one sink does not change the deliveries of another sink': async (tested) => {
    await tested.journal().append([newEvent('1', { sinks: ['a', 'b'], key: 'k' })])
    await endAsDead(tested)
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'dead', b: 'pending' })
    assert.deepEqual(await claimIds(tested, { sink: 'b' }), ['1'])
  },
  'J17 a replayed delivery goes to the end of its lane, with the same id and attempts from 1': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    await settle(tested, await claimOnly(tested), DEAD)
    assert.deepEqual(await replay(tested, ['dead']), { changed: 1, busy: 0, more: false })
    const order: unknown[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      const { event, attempt, replay: isReplay, ...rest } = await claimOnly(tested)
      order.push([event.id, attempt, isReplay])
      await settle(tested, { event, attempt, replay: isReplay, ...rest }, DELIVERED)
    }
    assert.deepEqual(order, [
      ['2', 1, false],
      ['3', 1, false],
      ['1', 1, true],
    ])
  },
  'J17 replay keeps the original order of the deliveries that it replays': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    for (let turn = 0; turn < 3; turn += 1) await settle(tested, await claimOnly(tested), turn === 1 ? DEAD : DELIVERED)
    await tested.journal().append(eventsOfKey('k', '4'))
    await replay(tested, ['dead', 'delivered'])
    const order: string[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const next = await claimOnly(tested)
      order.push(next.event.id)
      await settle(tested, next, DELIVERED)
    }
    assert.deepEqual(order, ['4', '1', '2', '3'])
  },
  'J17 a replayed delivery waits for the leased delivery of its lane': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    await settle(tested, await claimOnly(tested), DELIVERED)
    const inFlight = await claimOnly(tested)
    await replay(tested, ['delivered'])
    assert.deepEqual(await claimIds(tested), [])
    await settle(tested, inFlight, DELIVERED)
    assert.equal((await claimOnly(tested)).event.id, '1')
  },
  'J17 replay does not change pending deliveries, so that a second replay changes nothing': async (tested) => {
    await tested.journal().append([newEvent('1'), newEvent('2')])
    await claimAndSettleAll(tested, DEAD, { max: 1 })
    const all = ['pending', 'dead', 'delivered', 'discarded'] as const
    assert.equal((await replay(tested, all)).changed, 1)
    assert.deepEqual(await replay(tested, all), { changed: 0, busy: 0, more: false })
    assert.equal((await claim(tested)).claims.filter((each) => each.replay).length, 1)
  },
  'J17 replay from `none` makes deliveries for a sink that an event did not have': async (tested) => {
    await tested.journal().append([newEvent('1', { key: 'k', sinks: [] }), newEvent('2', { key: 'k', sinks: ['b', 'a'] })])
    assert.deepEqual(await replay(tested, ['none'], { sink: 'new' }), { changed: 2, busy: 0, more: false })
    assert.deepEqual(await replay(tested, ['none'], { sink: 'new' }), { changed: 0, busy: 0, more: false })
    assert.deepEqual(
      (await findOne(tested, '2')).deliveries.map(({ sink }) => sink),
      ['b', 'a', 'new'],
    )
    const first = await claimOnly(tested, { sink: 'new' })
    assert.deepEqual([first.event.id, first.attempt, first.replay], ['1', 1, false])
  },
  'J17 replay and discard with `dryRun` count deliveries and change nothing': async (tested) => {
    await tested.journal().append([newEvent('1'), newEvent('2')])
    await endAsDead(tested)
    assert.deepEqual(await replay(tested, ['dead', 'none'], { dryRun: true }), { changed: 2, busy: 0, more: false })
    assert.deepEqual(await discard(tested, ['dead'], { dryRun: true, limit: 1 }), { changed: 1, busy: 0, more: true })
    assert.deepEqual(await claimIds(tested), [])
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'dead' })
  },
  'J17 replay with `limit` takes the oldest deliveries, and sets `more` when others are left': async (tested) => {
    await tested.journal().append(['3', '1', '2'].map((id) => newEvent(id)))
    await endAsDead(tested)
    assert.deepEqual(await replay(tested, ['dead'], { limit: 2 }), { changed: 2, busy: 0, more: true })
    assert.deepEqual(await claimIds(tested), ['1', '3'])
    assert.deepEqual(await replay(tested, ['dead'], { limit: 1 }), { changed: 1, busy: 0, more: false })
  },
  'J17 replay changes only the deliveries that match the filter': async (tested) => {
    const other = newEvent('other', { key: 'k', app: 2, command: 'C', status: 'unknown', receivedAt: 5 })
    await tested.journal().append([newEvent('1', { key: 'l', receivedAt: 9 }), other])
    const [one, two] = (await claim(tested)).claims
    assert.ok(one && two)
    for (const each of [one, two]) await settle(tested, each, { type: 'dead', error: `rejected ${each.event.id}` })
    const filters = [
      { ids: ['other', 'x'] },
      { key: 'k' },
      { app: 2 },
      { command: 'C' },
      { status: 'unknown' },
      { until: 6 },
      { error: 'ted other' },
    ] as const
    for (const filter of filters) {
      assert.equal((await replay(tested, ['dead'], { ...filter, dryRun: true })).changed, 1, JSON.stringify(filter))
    }
    assert.equal((await replay(tested, ['dead'], { since: 6, key: 'k' })).changed, 0)
    assert.equal((await replay(tested, ['dead'], { sink: 'b' })).changed, 0)
    await replay(tested, ['dead'], filters[0])
    assert.deepEqual(await claimIds(tested), ['other'])
  },
  'J18 discard ends pending and dead deliveries, stores by whom and when, and keeps the last error': async (tested) => {
    await tested.journal().append([newEvent('dead'), newEvent('delivered', { key: 'k' })])
    for (const each of (await claim(tested)).claims) await settle(tested, each, each.event.id === 'dead' ? DEAD : DELIVERED)
    await tested.journal().append([newEvent('retried')])
    await settle(tested, await claimOnly(tested), retryIn(1_000))
    await tested.journal().append([newEvent('pending')])
    await tested.clock.advance(10)
    assert.deepEqual(await discard(tested, ['pending', 'dead', 'delivered', 'none']), { changed: 3, busy: 0, more: false })
    const discarded = { by: 'the suite', at: tested.clock.now() }
    await tested.clock.advance(10)
    const deliveryOf = async (id: string) => (await findOne(tested, id)).deliveries
    const common = { sink: 'a', state: 'discarded', discarded } as const
    assert.deepEqual(await deliveryOf('dead'), [{ ...common, attempts: 1, error: 'refused by the sink' }])
    assert.deepEqual(await deliveryOf('retried'), [{ ...common, attempts: 1, error: 'connection reset' }])
    assert.deepEqual(await deliveryOf('pending'), [{ ...common, attempts: 0 }])
    assert.deepEqual(await findIds(tested, { error: 'refused by', state: 'discarded' }), ['dead'])
    assert.deepEqual(await deliveryStates(tested, 'delivered'), { a: 'delivered' })
    assert.deepEqual(await claimIds(tested), [])
  },
  'J18 a replay of a discarded delivery forgets who discarded it and its last error': async (tested) => {
    await tested.journal().append([newEvent('1')])
    await endAsDead(tested)
    await discard(tested, ['dead'])
    await replay(tested, ['discarded'])
    assert.deepEqual((await findOne(tested, '1')).deliveries, [{ sink: 'a', state: 'pending', attempts: 0 }])
    await claimAndSettleAll(tested, DELIVERED)
    assert.deepEqual((await findOne(tested, '1')).deliveries, [{ sink: 'a', state: 'delivered', attempts: 1 }])
  },
  'J18 discard skips leased deliveries and counts them as busy': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    const first = await claimOnly(tested)
    assert.deepEqual(await discard(tested, ['pending']), { changed: 2, busy: 1, more: false })
    await tested.clock.advance(LEASE_MS)
    assert.deepEqual(await discard(tested, ['pending']), { changed: 1, busy: 0, more: false })
    assert.equal(await settle(tested, first, DELIVERED), 'stale')
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'discarded' })
  },
  'J18 discard frees the lane of the discarded deliveries': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3', '4'))
    await discard(tested, ['pending'], { limit: 3 })
    assert.equal((await claimOnly(tested)).event.id, '4')
  },
}
