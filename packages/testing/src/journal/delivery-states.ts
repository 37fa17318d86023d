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
  findOne,
  LEASE_MS,
  newEvent,
  type Rules,
  replay,
  retryIn,
  settle,
  type TestJournal,
} from './test-journal.ts'

const kill = (bench: TestJournal) => claimAndSettleAll(bench, DEAD)

/** Rules J16 to J18. */
export const endRules: Rules = {
  'J16 delivered, dead and discarded free the lane at once': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3', '4'))
    await settle(bench, await claimOnly(bench), DELIVERED)
    await settle(bench, await claimOnly(bench), DEAD)
    await discard(bench, ['pending'], { ids: ['3'] })
    assert.equal((await claimOnly(bench)).event.id, '4')
    const states: (DeliveryState | undefined)[] = (await findEvents(bench)).map(({ deliveries }) => deliveries[0]?.state)
    assert.deepEqual(states, ['delivered', 'dead', 'discarded', 'pending'])
  },
  'J16 keeps what the last failure said': async (bench) => {
    await bench.journal().append([newEvent('1'), newEvent('2')])
    const [one, two] = (await claim(bench)).claims
    assert.ok(one && two)
    await settle(bench, one, retryIn(1_000))
    await settle(bench, two, DEAD)
    const [retried, dead] = [await findOne(bench, one.event.id), await findOne(bench, two.event.id)]
    const dueAt = bench.clock.now() + 1_000
    assert.deepEqual(retried.deliveries, [{ sink: 'a', state: 'pending', attempts: 1, dueAt, error: 'connection reset' }])
    assert.deepEqual(dead.deliveries, [{ sink: 'a', state: 'dead', attempts: 1, error: 'refused by the sink' }])
  },
  'J16 one sink does not touch the deliveries of another': async (bench) => {
    await bench.journal().append([newEvent('1', { sinks: ['a', 'b'], key: 'k' })])
    await kill(bench)
    assert.deepEqual(await deliveryStates(bench, '1'), { a: 'dead', b: 'pending' })
    assert.deepEqual(await claimIds(bench, { sink: 'b' }), ['1'])
  },
  'J17 a replay goes to the end of its lane, under the same id, and counts from 1': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    await settle(bench, await claimOnly(bench), DEAD)
    assert.deepEqual(await replay(bench, ['dead']), { changed: 1, busy: 0, more: false })
    const order: unknown[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      const { event, attempt, replay: isReplay, ...rest } = await claimOnly(bench)
      order.push([event.id, attempt, isReplay])
      await settle(bench, { event, attempt, replay: isReplay, ...rest }, DELIVERED)
    }
    assert.deepEqual(order, [
      ['2', 1, false],
      ['3', 1, false],
      ['1', 1, true],
    ])
  },
  'J17 keeps the original order among what is replayed together': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    for (let turn = 0; turn < 3; turn += 1) await settle(bench, await claimOnly(bench), turn === 1 ? DEAD : DELIVERED)
    await bench.journal().append(eventsOfKey('k', '4'))
    await replay(bench, ['dead', 'delivered'])
    const order: string[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const next = await claimOnly(bench)
      order.push(next.event.id)
      await settle(bench, next, DELIVERED)
    }
    assert.deepEqual(order, ['4', '1', '2', '3'])
  },
  'J17 a replay waits for what is in flight in its lane': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2'))
    await settle(bench, await claimOnly(bench), DELIVERED)
    const inFlight = await claimOnly(bench)
    await replay(bench, ['delivered'])
    assert.deepEqual(await claimIds(bench), [])
    await settle(bench, inFlight, DELIVERED)
    assert.equal((await claimOnly(bench)).event.id, '1')
  },
  'J17 leaves pending deliveries alone: a second replay changes nothing': async (bench) => {
    await bench.journal().append([newEvent('1'), newEvent('2')])
    await claimAndSettleAll(bench, DEAD, { max: 1 })
    const all = ['pending', 'dead', 'delivered', 'discarded'] as const
    assert.equal((await replay(bench, all)).changed, 1)
    assert.deepEqual(await replay(bench, all), { changed: 0, busy: 0, more: false })
    assert.equal((await claim(bench)).claims.filter((each) => each.replay).length, 1)
  },
  'J17 `none` makes deliveries for a sink that an event never had': async (bench) => {
    await bench.journal().append([newEvent('1', { key: 'k', sinks: [] }), newEvent('2', { key: 'k', sinks: ['b', 'a'] })])
    assert.deepEqual(await replay(bench, ['none'], { sink: 'new' }), { changed: 2, busy: 0, more: false })
    assert.deepEqual(await replay(bench, ['none'], { sink: 'new' }), { changed: 0, busy: 0, more: false })
    assert.deepEqual(
      (await findOne(bench, '2')).deliveries.map(({ sink }) => sink),
      ['b', 'a', 'new'],
    )
    const first = await claimOnly(bench, { sink: 'new' })
    assert.deepEqual([first.event.id, first.attempt, first.replay], ['1', 1, false])
  },
  'J17 `dryRun` counts and changes nothing': async (bench) => {
    await bench.journal().append([newEvent('1'), newEvent('2')])
    await kill(bench)
    assert.deepEqual(await replay(bench, ['dead', 'none'], { dryRun: true }), { changed: 2, busy: 0, more: false })
    assert.deepEqual(await discard(bench, ['dead'], { dryRun: true, limit: 1 }), { changed: 1, busy: 0, more: true })
    assert.deepEqual(await claimIds(bench), [])
    assert.deepEqual(await deliveryStates(bench, '1'), { a: 'dead' })
  },
  'J17 `limit` takes the oldest, and `more` says that it ended the replay': async (bench) => {
    await bench.journal().append(['3', '1', '2'].map((id) => newEvent(id)))
    await kill(bench)
    assert.deepEqual(await replay(bench, ['dead'], { limit: 2 }), { changed: 2, busy: 0, more: true })
    assert.deepEqual(await claimIds(bench), ['1', '3'])
    assert.deepEqual(await replay(bench, ['dead'], { limit: 1 }), { changed: 1, busy: 0, more: false })
  },
  'J17 changes only what the filter names': async (bench) => {
    const odd = newEvent('odd', { key: 'k', app: 2, command: 'C', status: 'unknown', receivedAt: 5 })
    await bench.journal().append([newEvent('1', { key: 'l', receivedAt: 9 }), odd])
    const [one, two] = (await claim(bench)).claims
    assert.ok(one && two)
    for (const each of [one, two]) await settle(bench, each, { type: 'dead', error: `no room for ${each.event.id}` })
    const filters = [
      { ids: ['odd', 'x'] },
      { key: 'k' },
      { app: 2 },
      { command: 'C' },
      { status: 'unknown' },
      { until: 6 },
      { error: 'room for odd' },
    ] as const
    for (const filter of filters) {
      assert.equal((await replay(bench, ['dead'], { ...filter, dryRun: true })).changed, 1, JSON.stringify(filter))
    }
    assert.equal((await replay(bench, ['dead'], { since: 6, key: 'k' })).changed, 0)
    assert.equal((await replay(bench, ['dead'], { sink: 'b' })).changed, 0)
    await replay(bench, ['dead'], filters[0])
    assert.deepEqual(await claimIds(bench), ['odd'])
  },
  'J18 discards what is pending or dead, and keeps who did it and when': async (bench) => {
    await bench.journal().append([newEvent('dead'), newEvent('delivered', { key: 'k' })])
    for (const each of (await claim(bench)).claims) await settle(bench, each, each.event.id === 'dead' ? DEAD : DELIVERED)
    await bench.journal().append([newEvent('pending')])
    assert.deepEqual(await discard(bench, ['pending', 'dead', 'delivered', 'none']), { changed: 2, busy: 0, more: false })
    const { deliveries } = await findOne(bench, 'pending')
    const when = new Date(bench.clock.now()).toISOString()
    assert.deepEqual(deliveries, [{ sink: 'a', state: 'discarded', attempts: 0, error: `discarded by the suite at ${when}` }])
    assert.deepEqual(await deliveryStates(bench, 'delivered'), { a: 'delivered' })
    assert.deepEqual(await claimIds(bench), [])
  },
  'J18 leaves alone what a sink may be receiving right now': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    const first = await claimOnly(bench)
    assert.deepEqual(await discard(bench, ['pending']), { changed: 2, busy: 1, more: false })
    await bench.clock.advance(LEASE_MS)
    assert.deepEqual(await discard(bench, ['pending']), { changed: 1, busy: 0, more: false })
    assert.equal(await settle(bench, first, DELIVERED), 'stale')
    assert.deepEqual(await deliveryStates(bench, '1'), { a: 'discarded' })
  },
  'J18 a lane goes on behind what was discarded': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3', '4'))
    await discard(bench, ['pending'], { limit: 3 })
    assert.equal((await claimOnly(bench)).event.id, '4')
  },
}
