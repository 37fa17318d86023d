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
  'J7 keeps the order of commits, and inside of a batch that of the batch': async (bench) => {
    await bench.journal().append(['3', '1'].map((id) => newEvent(id, { receivedAt: 2 })))
    await bench.journal().append(['2', '0'].map((id) => newEvent(id, { receivedAt: 1 })))
    assert.deepEqual(await findIds(bench), ['3', '1', '2', '0'])
    assert.deepEqual(await findIds(bench, { order: 'newest' }), ['0', '2', '1', '3'])
  },
  'J8 hands out one delivery of a lane at a time, in order': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2'))
    await bench.journal().append(eventsOfKey('k', '3'))
    for (const id of ['1', '2', '3']) {
      const next = await claimOnly(bench)
      assert.equal(next.event.id, id)
      assert.deepEqual(await claimIds(bench), [])
      await settle(bench, next, DELIVERED)
    }
  },
  'J8 tells the lanes of keys, apps and sinks apart': async (bench) => {
    await bench
      .journal()
      .append([
        ...eventsOfKey('k', '1', '2'),
        newEvent('3', { key: 'l' }),
        newEvent('4', { key: 'k', app: 2 }),
        newEvent('5', { key: 'k', sinks: ['b'] }),
        newEvent('6', { key: '' }),
      ])
    assert.deepEqual(await claimIds(bench), ['1', '3', '4', '6'])
    assert.deepEqual(await claimIds(bench, { sink: 'b' }), ['5'])
  },
  'J8 an event without a key waits for nothing, and nothing waits for it': async (bench) => {
    await bench.journal().append([newEvent('1'), newEvent('2'), ...eventsOfKey('k', '3')])
    assert.deepEqual(await claimIds(bench), ['1', '2', '3'])
  },
  'J8 a retry holds up its own lane and no other': async (bench) => {
    await bench.journal().append([...eventsOfKey('k', '1', '2'), ...eventsOfKey('l', '3', '4')])
    const { claims } = await claim(bench)
    for (const each of claims) await settle(bench, each, each.event.id === '1' ? retryIn(10_000) : DELIVERED)
    assert.deepEqual(await claimIds(bench), ['4'])
    await bench.clock.advance(10_000)
    assert.equal((await claimOnly(bench)).event.id, '1')
  },
  'J8 a delivery that was released is still the first of its lane': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2'))
    await settle(bench, await claimOnly(bench), RELEASED)
    assert.equal((await claimOnly(bench)).event.id, '1')
  },
  'J8 `ordered: false` ignores lanes': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    assert.deepEqual(await claimIds(bench, { ordered: false, max: 2 }), ['1', '2'])
    assert.deepEqual(await claimIds(bench, { ordered: false }), ['3'])
  },
  'J8 an ordered claim waits for whatever an unordered one left in flight in the lane': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    const [first, second] = (await claim(bench, { ordered: false, max: 2 })).claims
    assert.ok(first && second)
    await settle(bench, first, retryIn(10))
    await bench.clock.advance(10)
    const { claims, waitMs } = await claim(bench)
    assert.deepEqual([claims, waitMs], [[], LEASE_MS - 10])
    await settle(bench, second, DELIVERED)
    assert.equal((await claimOnly(bench)).event.id, '1')
  },
  'J8 the lane goes on in order after an unordered claim ended one in its middle': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    const [first, second] = (await claim(bench, { ordered: false, max: 2 })).claims
    assert.ok(first && second)
    await settle(bench, second, DEAD)
    await settle(bench, first, DELIVERED)
    assert.equal((await claimOnly(bench)).event.id, '3')
  },
  'J10 leaves nothing behind that could be claimed, and gives no more than was asked for': async (bench) => {
    await bench.journal().append(Array.from({ length: 7 }, (_, place) => newEvent(`k${place}`, { key: `k${place}` })))
    await bench.journal().append(eventsOfKey('deep', ...Array.from({ length: 500 }, (_, place) => `deep${place}`)))
    await bench.journal().append([newEvent('last')])
    const sizes: number[] = []
    for (const max of [4, 0, 4, 4]) sizes.push((await claimIds(bench, { max })).length)
    assert.deepEqual(sizes, [4, 0, 4, 1])
  },
  'J10 hands out what is older first, where nothing speaks against it': async (bench) => {
    for (const id of ['1', '2', '3']) {
      await bench.journal().append([newEvent(id, { key: id })])
      await bench.clock.advance(1)
    }
    assert.equal((await claimOnly(bench, { max: 1 })).event.id, '1')
    await claimAndSettleAll(bench, DELIVERED, { max: 1 })
    assert.equal((await claimOnly(bench, { max: 1 })).event.id, '3')
  },
}
