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

const HOUR_MS = 3_600_000

/** More tests of J2, J3, J7 and J12 to J14 for a durable journal that is closed and opened again. */
export const reopenRules: Rules = {
  'J13 a reopened journal has the same events, deliveries and stats': async (tested) => {
    await tested
      .journal()
      .append([newEvent('1', { sinks: ['a', 'b'] }), newEvent('2', { key: 'k', eventTime: 1, reasons: ['x'], status: 'quarantined' })])
    await claimAndSettleAll(tested, DEAD, { max: 1 })
    const before = [await findEvents(tested, { raw: true }), await tested.journal().stats()]
    await tested.reopen()
    assert.deepEqual([await findEvents(tested, { raw: true }), await tested.journal().stats()], before)
  },
  'J13 a reopened journal has the same lane order, also for replays': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2', '3'))
    await settle(tested, await claimOnly(tested), DEAD)
    await replay(tested, ['dead'])
    await discard(tested, ['pending'], { ids: ['3'] })
    const order: unknown[] = []
    for (let turn = 0; turn < 2; turn += 1) {
      await tested.reopen()
      const next = await claimOnly(tested)
      order.push([next.event.id, next.replay])
      await settle(tested, next, DELIVERED)
    }
    assert.deepEqual(order, [
      ['2', false],
      ['1', true],
    ])
  },
  'J12 a reopened journal has released all claims, and their attempts count': async (tested) => {
    await tested.journal().append([newEvent('1')])
    const lost = await claimOnly(tested)
    await tested.reopen()
    const next = await claimOnly(tested)
    assert.deepEqual([next.event.id, next.attempt], ['1', 2])
    assert.notEqual(next.token, lost.token)
    assert.equal(await settle(tested, lost, DELIVERED), 'stale')
  },
  'J13 a retry waits for its due time in a reopened journal': async (tested) => {
    await tested.journal().append(eventsOfKey('k', '1', '2'))
    await settle(tested, await claimOnly(tested), retryIn(60_000))
    await tested.reopen()
    assert.deepEqual(await claim(tested), { claims: [], waitMs: 60_000 })
    await tested.clock.advance(60_000)
    assert.deepEqual(await claimIds(tested), ['1'])
  },
  'J14 a reopened journal does not change the due time of a distant retry': async (tested) => {
    await tested.journal().append([newEvent('1')])
    await settle(tested, await claimOnly(tested), retryIn(365 * 86_400_000))
    await tested.reopen()
    assert.deepEqual(await claim(tested), { claims: [], waitMs: 365 * 86_400_000 })
  },
  'J14 a wall clock that was wrong before the reopen delays no delivery': async (tested) => {
    await tested.journal().append([newEvent('1')])
    const first = await claimOnly(tested)
    tested.clock.jump(365 * 86_400_000)
    await settle(tested, first, retryIn(60_000))
    tested.clock.jump(-365 * 86_400_000)
    await tested.reopen()
    const { waitMs = 0 } = await claim(tested)
    assert.ok(Math.abs(waitMs - 60_000) <= 1_000, `${waitMs} ms`)
  },
  'J14 a wall clock that is set back before each reopen does not delay a retry': async (tested) => {
    await tested.journal().append([...eventsOfKey('k', '1', '2'), newEvent('3')])
    await tested.clock.advance(2 * HOUR_MS)
    for (const each of (await claim(tested)).claims) await settle(tested, each, retryIn(48 * HOUR_MS))
    for (const hours of [1, 100]) {
      tested.clock.jump(-hours * HOUR_MS)
      await tested.reopen()
      assert.deepEqual(await claim(tested), { claims: [], waitMs: 48 * HOUR_MS })
    }
    await tested.clock.advance(48 * HOUR_MS)
    assert.deepEqual(await claimIds(tested), ['1', '3'])
  },
  'J14 a wall clock that is set back before the reopen delays no new delivery': async (tested) => {
    await tested.journal().append([newEvent('1')])
    tested.clock.jump(-3_600_000)
    await tested.reopen()
    assert.deepEqual(await claimIds(tested), ['1'])
  },
  'J3 a reopened journal still finds duplicates by id and dedupe key': async (tested) => {
    await tested.journal().append([newEvent('1', { dedupeKey: 'x' })])
    await tested.reopen()
    assert.deepEqual(await tested.journal().append([newEvent('1', { dedupeKey: 'x' }), newEvent('2', { dedupeKey: 'x' })]), [
      { type: 'recorded', id: '1' },
      { type: 'duplicate', id: '1' },
    ])
    await tested.clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    await tested.reopen()
    assert.deepEqual(await tested.journal().append([newEvent('3', { dedupeKey: 'x' })]), [{ type: 'recorded', id: '3' }])
  },
  'J7 a reopened journal never reuses the position of a pruned event': async (tested) => {
    const { journal, clock } = tested
    await journal().append(['1', '2'].map((id) => newEvent(id, { sinks: [] })))
    const { next } = await journal().find({ limit: 1, order: 'oldest' })
    assert.ok(next)
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS)
    await journal().prune({ delivered: 0, dead: 0, limit: 10 })
    await tested.reopen()
    await journal().append([newEvent('3')])
    assert.deepEqual(
      (await journal().find({ limit: 1, order: 'oldest', cursor: next })).events.map(({ id }) => id),
      ['3'],
    )
  },
}
