import assert from 'node:assert/strict'
import {
  claim,
  claimAndSettleAll,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  eventsOfKey,
  findIds,
  LEASE_MS,
  newEvent,
  RELEASED,
  type Rules,
  retryIn,
  settle,
} from './test-journal.ts'

/** Rules J7 to J10. */
export const orderRules: Rules = {
  'J7 events keep the order of their appends, and inside a batch the order of the batch': async (tested) => {
    await tested.journal().append(['3', '1'].map((id) => newEvent(id, { receivedAt: 2 })))
    await tested.journal().append(['2', '0'].map((id) => newEvent(id, { receivedAt: 1 })))
    assert.deepEqual(await findIds(tested), ['3', '1', '2', '0'])
    assert.deepEqual(await findIds(tested, { order: 'newest' }), ['0', '2', '1', '3'])
  },
  'J8 claim returns one delivery of a lane at a time, in order': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    await tested.journal().append(eventsOfKey('k', '3'))
    for (const id of ['1', '2', '3']) {
      const next = await claimOnly(tested)
      assert.equal(next.event.id, id)
      assert.deepEqual(await claimIds(tested), [])
      await settle(tested, next, DELIVERED)
    }
  },
  'J8 each key, app and sink has a lane of its own': async (tested) => {
    await tested
      .journal()
      .append([
        ...eventsOfKey('k', '1', '2'),
        newEvent('3', { key: 'l' }),
        newEvent('4', { key: 'k', app: 2 }),
        newEvent('5', { key: 'k', sinks: ['b'] }),
        newEvent('6', { key: '' }),
      ])
    assert.deepEqual(await claimIds(tested), ['1', '3', '4', '6'])
    assert.deepEqual(await claimIds(tested, { sink: 'b' }), ['5'])
  },
  'J8 an event without a key does not wait, and no event waits for it': async (tested) => {
    await tested.journal().append([newEvent('1'), newEvent('2'), ...eventsOfKey('k', '3')])
    assert.deepEqual(await claimIds(tested), ['1', '2', '3'])
  },
  'J8 a retry blocks its own lane and no other': async (tested) => {
    await tested.journal().append([...eventsOfKey('k', '1', '2'), ...eventsOfKey('l', '3', '4')])
    const { claims } = await claim(tested)
    for (const each of claims) await settle(tested, each, each.event.id === '1' ? retryIn(10_000) : DELIVERED)
    assert.deepEqual(await claimIds(tested), ['4'])
    await tested.clock.advance(10_000)
    assert.equal((await claimOnly(tested)).event.id, '1')
  },
  'J8 a released delivery is still the first of its lane': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    await settle(tested, await claimOnly(tested), RELEASED)
    assert.equal((await claimOnly(tested)).event.id, '1')
  },
  'J8 a claim with `ordered: false` ignores lanes': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    assert.deepEqual(await claimIds(tested, { ordered: false, max: 2 }), ['1', '2'])
    assert.deepEqual(await claimIds(tested, { ordered: false }), ['3'])
  },
  'J8 an ordered claim waits for a delivery of the lane that an unordered claim leased': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    const [first, second] = (await claim(tested, { ordered: false, max: 2 })).claims
    assert.ok(first && second)
    await settle(tested, first, retryIn(10))
    await tested.clock.advance(10)
    const { claims, waitMs } = await claim(tested)
    assert.deepEqual([claims, waitMs], [[], LEASE_MS - 10])
    await settle(tested, second, DELIVERED)
    assert.equal((await claimOnly(tested)).event.id, '1')
  },
  'J8 a lane keeps its order after an unordered claim ended a delivery in its middle': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    const [first, second] = (await claim(tested, { ordered: false, max: 2 })).claims
    assert.ok(first && second)
    await settle(tested, second, DEAD)
    await settle(tested, first, DELIVERED)
    assert.equal((await claimOnly(tested)).event.id, '3')
  },
  'J10 claim returns all deliveries that may be claimed, up to `max`': async (tested) => {
    await tested.journal().append(Array.from({ length: 7 }, (_, index) => newEvent(`k${index}`, { key: `k${index}` })))
    await tested.journal().append(eventsOfKey('deep', ...Array.from({ length: 500 }, (_, index) => `deep${index}`)))
    await tested.journal().append([newEvent('last')])
    const sizes: number[] = []
    for (const max of [4, 0, 4, 4]) sizes.push((await claimIds(tested, { max })).length)
    assert.deepEqual(sizes, [4, 0, 4, 1])
  },
  'J10 claim returns older deliveries first': async (tested) => {
    for (const id of ['1', '2', '3']) {
      await tested.journal().append([newEvent(id, { key: id })])
      await tested.clock.advance(1)
    }
    assert.equal((await claimOnly(tested, { max: 1 })).event.id, '1')
    await claimAndSettleAll(tested, DELIVERED, { max: 1 })
    assert.equal((await claimOnly(tested, { max: 1 })).event.id, '3')
  },
}
