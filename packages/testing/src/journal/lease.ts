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

const HOUR = 3_600_000

/** Rules J11 to J15. */
export const leaseRules: Rules = {
  'J11 a claim holds for its lease; then another one takes over, with a fresh token': async (bench) => {
    await bench.journal().append([newEvent('1')])
    const first = await claimOnly(bench)
    await bench.clock.advance(LEASE_MS - 1)
    assert.deepEqual(await claimIds(bench), [])
    await bench.clock.advance(1)
    const second = await claimOnly(bench)
    assert.equal(second.event.id, '1')
    assert.notEqual(second.token, first.token)
  },
  'J11 an append hands out, where it does, what a claim might have been given next, and nothing twice': async (bench) => {
    const handOut = [{ sink: 'a', max: 2, leaseMs: LEASE_MS, ordered: true }]
    const events = [...eventsOfKey('k', '1', '2'), newEvent('3'), newEvent('4')]
    const answers = await bench.journal().append(events, handOut)
    const handed = answers.flatMap((answer): { id: string; token: string }[] => {
      const token = answer.type === 'recorded' ? answer.tokens?.a : undefined
      return token === undefined ? [] : [{ id: answer.id, token }]
    })
    assert.ok(handed.length <= 2 && handed.every(({ id }) => id !== '2'), 'at most two, and none behind another one of its lane')
    const claimed = await claimIds(bench)
    assert.deepEqual([...handed.map(({ id }) => id), ...claimed].sort(), ['1', '3', '4'])
    for (const { id, token } of handed) {
      assert.equal((await findOne(bench, id)).deliveries[0]?.attempts, 1)
      assert.deepEqual(await bench.journal().settle([{ sink: 'a', id, token, outcome: DELIVERED }]), ['settled'])
    }
  },
  'J11 settles only with the latest token': async (bench) => {
    await bench.journal().append([newEvent('1')])
    const first = await claimOnly(bench)
    await bench.clock.advance(LEASE_MS)
    const second = await claimOnly(bench)
    assert.equal(await settle(bench, first, DEAD), 'stale')
    assert.deepEqual(await deliveryStates(bench, '1'), { a: 'pending' })
    assert.equal(await settle(bench, second, DELIVERED), 'settled')
    assert.deepEqual(await deliveryStates(bench, '1'), { a: 'delivered' })
  },
  'J11 a late settlement counts while nobody has taken over': async (bench) => {
    await bench.journal().append([newEvent('1')])
    const late = await claimOnly(bench)
    await bench.clock.advance(10 * LEASE_MS)
    assert.equal(await settle(bench, late, DELIVERED), 'settled')
    assert.deepEqual(await claimIds(bench), [])
  },
  'J11 answers `stale` for what is not claimed, is not there, or has been settled': async (bench) => {
    await bench.journal().append([newEvent('1'), newEvent('2')])
    const [one, two] = (await claim(bench)).claims
    assert.ok(one && two)
    const mine = { sink: 'a', id: one.event.id, token: one.token, outcome: retryIn(5) }
    const batch = [mine, mine, { ...mine, token: two.token }, { ...mine, sink: 'b' }, { ...mine, id: 'none' }, { ...mine, token: '' }]
    assert.deepEqual(await bench.journal().settle(batch), ['settled', 'stale', 'stale', 'stale', 'stale', 'stale'])
  },
  'J12 counts an attempt when it is handed out': async (bench) => {
    await bench.journal().append([newEvent('1')])
    for (const attempt of [1, 2, 3]) {
      assert.equal((await claimOnly(bench)).attempt, attempt)
      assert.equal((await findOne(bench, '1')).deliveries[0]?.attempts, attempt)
      await bench.clock.advance(LEASE_MS)
    }
    await settle(bench, await claimOnly(bench), retryIn(0))
    assert.equal((await claimOnly(bench)).attempt, 5)
  },
  'J12 an attempt that was released did not happen': async (bench) => {
    await bench.journal().append([newEvent('1')])
    await settle(bench, await claimOnly(bench), RELEASED)
    assert.deepEqual((await findOne(bench, '1')).deliveries, [{ sink: 'a', state: 'pending', attempts: 0 }])
    assert.equal((await claimOnly(bench)).attempt, 1)
  },
  'J14 a wall clock that is put back holds nothing up': async (bench) => {
    const { clock, journal } = bench
    await journal().append([newEvent('leased'), newEvent('retried')])
    for (const each of (await claim(bench)).claims) if (each.event.id === 'retried') await settle(bench, each, retryIn(60_000))
    await journal().append([newEvent('fresh')])
    clock.jump(-5 * HOUR)
    assert.deepEqual(await claimIds(bench), ['fresh'])
    await clock.advance(LEASE_MS)
    assert.deepEqual(await claimIds(bench, { leaseMs: HOUR }), ['fresh', 'leased'])
    await clock.advance(60_000 - LEASE_MS)
    assert.deepEqual(await claimIds(bench), ['retried'])
  },
  'J15 `wait` tells when a lease ends, also one that was just handed out': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2'))
    assert.equal((await claim(bench)).waitMs, LEASE_MS)
    await bench.clock.advance(5_000)
    assert.equal((await claim(bench)).waitMs, LEASE_MS - 5_000)
  },
  'J15 `wait` tells when a retry falls due': async (bench) => {
    await bench.journal().append([newEvent('1')])
    await settle(bench, await claimOnly(bench), retryIn(2_000))
    assert.deepEqual(await claim(bench), { claims: [], waitMs: 2_000 })
  },
  'J15 `wait` is 0 when more is ready, and absent when nothing is pending': async (bench) => {
    assert.deepEqual(await claim(bench), { claims: [] })
    await bench.journal().append([newEvent('1'), newEvent('2')])
    const { claims, waitMs } = await claim(bench, { max: 1 })
    assert.deepEqual([claims.length, waitMs], [1, 0])
    for (const each of [...claims, ...(await claim(bench)).claims]) await settle(bench, each, DELIVERED)
    assert.deepEqual(await claim(bench), { claims: [] })
  },
}
