import assert from 'node:assert/strict'
import {
  claim,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  deliveryStates,
  eventsOfKey,
  findOne,
  LEASE_MS,
  newEvent,
  RELEASED,
  type Rules,
  retryIn,
  settle,
} from './test-journal.ts'

const HOUR_MS = 3_600_000

/** Rules J11 to J15, and J23. */
export const leaseRules: Rules = {
  'J11 a delivery can be claimed again, with a new token, when its lease ends': async (tested) => {
    await tested.journal().append([newEvent('1')])
    const first = await claimOnly(tested)
    await tested.clock.advance(LEASE_MS - 1)
    assert.deepEqual(await claimIds(tested), [])
    await tested.clock.advance(1)
    const second = await claimOnly(tested)
    assert.equal(second.event.id, '1')
    assert.notEqual(second.token, first.token)
  },
  'J11 an append claims only deliveries that a claim could return, and no delivery twice': async (tested) => {
    const handOut = [{ sink: 'a', max: 2, leaseMs: LEASE_MS, ordered: true }]
    const events = [...eventsOfKey('k', '1', '2'), newEvent('3'), newEvent('4')]
    const answers = await tested.journal().append(events, handOut)
    const claimedByAppend = answers.flatMap((answer): { id: string; token: string }[] => {
      const token = answer.type === 'recorded' ? answer.tokens?.a : undefined
      return token === undefined ? [] : [{ id: answer.id, token }]
    })
    assert.ok(
      claimedByAppend.length <= 2 && claimedByAppend.every(({ id }) => id !== '2'),
      'at most two deliveries, each the first of its lane',
    )
    const claimed = await claimIds(tested)
    assert.deepEqual([...claimedByAppend.map(({ id }) => id), ...claimed].sort(), ['1', '3', '4'])
    for (const { id, token } of claimedByAppend) {
      assert.equal((await findOne(tested, id)).deliveries[0]?.attempts, 1)
      assert.deepEqual(await tested.journal().settle([{ sink: 'a', id, token, outcome: DELIVERED }]), ['settled'])
    }
  },
  'J11 settle accepts only the latest token of a delivery': async (tested) => {
    await tested.journal().append([newEvent('1')])
    const first = await claimOnly(tested)
    await tested.clock.advance(LEASE_MS)
    const second = await claimOnly(tested)
    assert.equal(await settle(tested, first, DEAD), 'stale')
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'pending' })
    assert.equal(await settle(tested, second, DELIVERED), 'settled')
    assert.deepEqual(await deliveryStates(tested, '1'), { a: 'delivered' })
  },
  'J11 settle accepts an expired lease if the delivery was not claimed again': async (tested) => {
    await tested.journal().append([newEvent('1')])
    const late = await claimOnly(tested)
    await tested.clock.advance(10 * LEASE_MS)
    assert.equal(await settle(tested, late, DELIVERED), 'settled')
    assert.deepEqual(await claimIds(tested), [])
  },
  'J11 settle answers `stale` for a delivery that is not claimed, does not exist, or is settled already': async (tested) => {
    await tested.journal().append([newEvent('1'), newEvent('2')])
    const [one, two] = (await claim(tested)).claims
    assert.ok(one && two)
    const mine = { sink: 'a', id: one.event.id, token: one.token, outcome: retryIn(5) }
    const batch = [mine, mine, { ...mine, token: two.token }, { ...mine, sink: 'b' }, { ...mine, id: 'none' }, { ...mine, token: '' }]
    assert.deepEqual(await tested.journal().settle(batch), ['settled', 'stale', 'stale', 'stale', 'stale', 'stale'])
  },
  'J12 an attempt counts when it is claimed': async (tested) => {
    await tested.journal().append([newEvent('1')])
    for (const attempt of [1, 2, 3]) {
      assert.equal((await claimOnly(tested)).attempt, attempt)
      assert.equal((await findOne(tested, '1')).deliveries[0]?.attempts, attempt)
      await tested.clock.advance(LEASE_MS)
    }
    await settle(tested, await claimOnly(tested), retryIn(0))
    assert.equal((await claimOnly(tested)).attempt, 5)
  },
  'J12 a released attempt does not count': async (tested) => {
    await tested.journal().append([newEvent('1')])
    await settle(tested, await claimOnly(tested), RELEASED)
    assert.deepEqual((await findOne(tested, '1')).deliveries, [{ sink: 'a', state: 'pending', attempts: 0 }])
    assert.equal((await claimOnly(tested)).attempt, 1)
  },
  'J14 a wall clock that is set back delays no delivery': async (tested) => {
    const { clock, journal } = tested
    await journal().append([newEvent('leased'), newEvent('retried')])
    for (const each of (await claim(tested)).claims) if (each.event.id === 'retried') await settle(tested, each, retryIn(60_000))
    await journal().append([newEvent('fresh')])
    clock.jump(-5 * HOUR_MS)
    assert.deepEqual(await claimIds(tested), ['fresh'])
    await clock.advance(LEASE_MS)
    assert.deepEqual(await claimIds(tested, { leaseMs: HOUR_MS }), ['fresh', 'leased'])
    await clock.advance(60_000 - LEASE_MS)
    assert.deepEqual(await claimIds(tested), ['retried'])
  },
  'J15 `waitMs` is the time until a lease ends, also a lease of the same claim': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    assert.equal((await claim(tested)).waitMs, LEASE_MS)
    await tested.clock.advance(5_000)
    assert.equal((await claim(tested)).waitMs, LEASE_MS - 5_000)
  },
  'J15 `waitMs` is the time until a retry is due': async (tested) => {
    await tested.journal().append([newEvent('1')])
    await settle(tested, await claimOnly(tested), retryIn(2_000))
    assert.deepEqual(await claim(tested), { claims: [], waitMs: 2_000 })
  },
  'J15 `waitMs` is 0 when more deliveries are ready, and absent when none is pending': async (tested) => {
    assert.deepEqual(await claim(tested), { claims: [] })
    await tested.journal().append([newEvent('1'), newEvent('2')])
    const { claims, waitMs } = await claim(tested, { max: 1 })
    assert.deepEqual([claims.length, waitMs], [1, 0])
    for (const each of [...claims, ...(await claim(tested)).claims]) await settle(tested, each, DELIVERED)
    assert.deepEqual(await claim(tested), { claims: [] })
  },
  'J23 a claim sees the settlements of a call that was made before it and has not resolved': async (tested) => {
    const journal = tested.journal()
    await journal.append(eventsOfKey('k', '1', '2'))
    const { token } = await claimOnly(tested)
    const settled = journal.settle([{ sink: 'a', id: '1', token, outcome: DELIVERED }])
    assert.deepEqual(await claimIds(tested), ['2'])
    assert.deepEqual(await settled, ['settled'])
  },
}
