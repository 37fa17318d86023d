import assert from 'node:assert/strict'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import {
  claim,
  claimAndSettleAll,
  claimIds,
  claimOnly,
  DEAD,
  DELIVERED,
  discard,
  eventsOfKey,
  findEvents,
  newEvent,
  type Rules,
  replay,
  retryIn,
  settle,
} from './test-journal.ts'

const HOUR = 3_600_000

/** What a durable journal keeps besides: rules J1, J3, J12, J13 across an end of the process. */
export const reopeningRules: Rules = {
  'J13 events, deliveries and numbers survive': async (bench) => {
    await bench
      .journal()
      .append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('2', { key: 'k', eventTime: 1, reasons: ['x'], status: 'quarantined' })])
    await claimAndSettleAll(bench, DEAD, { max: 1 })
    const before = [await findEvents(bench, { raw: true }), await bench.journal().stats()]
    await bench.reopen()
    assert.deepEqual([await findEvents(bench, { raw: true }), await bench.journal().stats()], before)
  },
  'J13 lanes keep their order, replays and backfills included': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2', '3'))
    await settle(bench, await claimOnly(bench), DEAD)
    await replay(bench, ['dead'])
    await discard(bench, ['pending'], { ids: ['3'] })
    const order: unknown[] = []
    for (let turn = 0; turn < 2; turn += 1) {
      await bench.reopen()
      const next = await claimOnly(bench)
      order.push([next.event.id, next.replay])
      await settle(bench, next, DELIVERED)
    }
    assert.deepEqual(order, [
      ['2', false],
      ['1', true],
    ])
  },
  'J12 claims are released, and their attempts stay counted': async (bench) => {
    await bench.journal().append([newEvent('1')])
    const lost = await claimOnly(bench)
    await bench.reopen()
    const next = await claimOnly(bench)
    assert.deepEqual([next.event.id, next.attempt], ['1', 2])
    assert.notEqual(next.token, lost.token)
    assert.equal(await settle(bench, lost, DELIVERED), 'stale')
  },
  'J13 a retry still waits for its time': async (bench) => {
    await bench.journal().append(eventsOfKey('k', '1', '2'))
    await settle(bench, await claimOnly(bench), retryIn(60_000))
    await bench.reopen()
    assert.deepEqual(await claim(bench), { claims: [], waitMs: 60_000 })
    await bench.clock.advance(60_000)
    assert.deepEqual(await claimIds(bench), ['1'])
  },
  'J14 a retry that is far away stays there': async (bench) => {
    await bench.journal().append([newEvent('1')])
    await settle(bench, await claimOnly(bench), retryIn(365 * 86_400_000))
    await bench.reopen()
    assert.deepEqual(await claim(bench), { claims: [], waitMs: 365 * 86_400_000 })
  },
  'J14 a wall clock that was wrong for a while holds nothing up': async (bench) => {
    await bench.journal().append([newEvent('1')])
    const first = await claimOnly(bench)
    bench.clock.jump(365 * 86_400_000)
    await settle(bench, first, retryIn(60_000))
    bench.clock.jump(-365 * 86_400_000)
    await bench.reopen()
    const { waitMs = 0 } = await claim(bench)
    assert.ok(Math.abs(waitMs - 60_000) <= 1_000, `${waitMs} ms`)
  },
  'J14 a wall clock that is put back, again and again, makes no retry wait for longer': async (bench) => {
    await bench.journal().append([...eventsOfKey('k', '1', '2'), newEvent('3')])
    await bench.clock.advance(2 * HOUR)
    for (const each of (await claim(bench)).claims) await settle(bench, each, retryIn(48 * HOUR))
    for (const hours of [1, 100]) {
      bench.clock.jump(-hours * HOUR)
      await bench.reopen()
      assert.deepEqual(await claim(bench), { claims: [], waitMs: 48 * HOUR })
    }
    await bench.clock.advance(48 * HOUR)
    assert.deepEqual(await claimIds(bench), ['1', '3'])
  },
  'J14 a wall clock that was put back meanwhile holds nothing up': async (bench) => {
    await bench.journal().append([newEvent('1')])
    bench.clock.jump(-3_600_000)
    await bench.reopen()
    assert.deepEqual(await claimIds(bench), ['1'])
  },
  'J2 and J3: ids and identities are remembered': async (bench) => {
    await bench.journal().append([newEvent('1', { dedupeKey: 'x' })])
    await bench.reopen()
    assert.deepEqual(await bench.journal().append([newEvent('1', { dedupeKey: 'x' }), newEvent('2', { dedupeKey: 'x' })]), [
      { type: 'recorded', id: '1' },
      { type: 'duplicate', id: '1' },
    ])
    await bench.clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    await bench.reopen()
    assert.deepEqual(await bench.journal().append([newEvent('3', { dedupeKey: 'x' })]), [{ type: 'recorded', id: '3' }])
  },
  'J7 the place of an event is never given to another one': async (bench) => {
    const { journal, clock } = bench
    await journal().append(['1', '2'].map((id) => newEvent(id, { sinks: [] })))
    const { next } = await journal().find({ limit: 1, order: 'oldest' })
    assert.ok(next)
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    await journal().prune({ delivered: 0, dead: 0, limit: 10 })
    await bench.reopen()
    await journal().append([newEvent('3')])
    assert.deepEqual(
      (await journal().find({ limit: 1, order: 'oldest', cursor: next })).events.map(({ id }) => id),
      ['3'],
    )
  },
}
