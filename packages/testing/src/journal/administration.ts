import assert from 'node:assert/strict'
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

const WINDOW = 10 * 60_000
const HOUR = 3_600_000
const REPLAY = { sink: 'a', from: ['dead'], by: 'the suite' } as const

const quarantined = (id: string, special: Parameters<typeof newEvent>[1] = {}) =>
  newEvent(id, { status: 'quarantined', reasons: ['GroupId: expected string'], sinks: [], ...special })

/** What operators do, and what the journal does by itself with time: rules J17, J19 and J20. */
export const upkeepRules: Rules = {
  'J17 a replay that goes on behind `next` replays nothing twice, also what is dead again by then': async (bench) => {
    const { journal } = bench
    await journal().append(['1', '2', '3', '4', '5'].map((id) => newEvent(id)))
    await claimAndSettleAll(bench, DEAD)
    const replayed: string[] = []
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const { changed, next } = await journal().replay({ ...REPLAY, limit: 2, cursor })
      const { claims } = await claim(bench)
      assert.equal(claims.length, changed)
      replayed.push(...claims.map(({ event }) => event.id))
      for (const each of claims) await settle(bench, each, DEAD)
      cursor = next
    }
    assert.deepEqual(replayed.sort(), ['1', '2', '3', '4', '5'])
  },
  'J17 `next` is there as long as there is more, also where nothing is changed': async ({ journal }) => {
    await journal().append(['1', '2', '3'].map((id) => newEvent(id)))
    const ask = { ...REPLAY, from: ['pending'], limit: 2, dryRun: true } as const
    const { more, next } = await journal().discard(ask)
    assert.deepEqual([more, typeof next], [true, 'string'])
    assert.deepEqual(await journal().discard({ ...ask, ...(next !== undefined && { cursor: next }) }), { changed: 1, busy: 0, more: false })
  },
  'J19 reprocesses a quarantined event with its key, its time and its deliveries, at the end of its lane': async (bench) => {
    const { journal } = bench
    await journal().append([quarantined('1'), ...eventsOfKey('k', '2')])
    assert.equal(await journal().reprocess([{ id: '1', key: 'k', eventTime: 7, sinks: ['a', 'b', 'a'] }]), 1)
    const { status, key, eventTime, reasons, deliveries } = await findOne(bench, '1')
    assert.deepEqual([status, key, eventTime, reasons], ['accepted', 'k', 7, undefined])
    assert.deepEqual(
      deliveries.map(({ sink, state }) => [sink, state]),
      [
        ['a', 'pending'],
        ['b', 'pending'],
      ],
    )
    await settle(bench, await claimOnly(bench), DELIVERED)
    const reprocessed = await claimOnly(bench)
    assert.deepEqual([reprocessed.event.id, reprocessed.event.status, reprocessed.replay], ['1', 'accepted', false])
    assert.deepEqual(await findIds(bench, { status: 'quarantined' }), [])
    assert.deepEqual(await findIds(bench, { key: 'k' }), ['1', '2'])
  },
  'J19 reprocesses an event without a key, or without sinks': async (bench) => {
    await bench.journal().append([quarantined('1'), quarantined('2', { eventTime: 5 })])
    const asked = [
      { id: '1', sinks: ['a'] },
      { id: '2', sinks: [] },
    ]
    assert.equal(await bench.journal().reprocess(asked), 2)
    assert.deepEqual(await claimIds(bench), ['1'])
    assert.deepEqual(await deliveryStates(bench, '2'), {})
    assert.equal((await findOne(bench, '2')).eventTime, 5)
  },
  'J19 a delivery that was there before the readmission shows the event as it is now, and keeps its place': async (bench) => {
    await bench.journal().append([quarantined('1', { sinks: ['a'] }), ...eventsOfKey('k', '2')])
    assert.equal(await bench.journal().reprocess([{ id: '1', key: 'k', sinks: ['a'] }]), 1)
    const { claims } = await claim(bench)
    assert.deepEqual(claims.map(({ event: { id, status, key, reasons } }) => [id, status, key, reasons]).sort(), [
      ['1', 'accepted', 'k', undefined],
      ['2', 'accepted', 'k', undefined],
    ])
  },
  'J19 reprocesses nothing but what is quarantined, and that once': async (bench) => {
    await bench.journal().append([quarantined('1'), newEvent('2', { sinks: [] }), newEvent('3', { status: 'unknown', sinks: [] })])
    const asked = ['1', '1', '2', '3', 'nobody'].map((id) => ({ id, key: 'k', sinks: ['a'] }))
    assert.equal(await bench.journal().reprocess(asked), 1)
    assert.equal(await bench.journal().reprocess(asked), 0)
    assert.deepEqual(await claimIds(bench), ['1'])
    assert.deepEqual(
      (await findEvents(bench)).map(({ status }) => status),
      ['accepted', 'accepted', 'unknown'],
    )
  },
  'J19 keeps a quarantined event as long as a dead one': async (bench) => {
    const keep = { delivered: HOUR, dead: 3 * HOUR, limit: 10 }
    await bench.journal().append([quarantined('1'), newEvent('2', { sinks: [] })])
    await bench.clock.advance(2 * HOUR)
    assert.equal((await bench.journal().prune(keep)).events, 1)
    assert.deepEqual(await findIds(bench), ['1'])
    await bench.clock.advance(HOUR)
    assert.equal((await bench.journal().prune(keep)).events, 1)
  },
  'J19 prunes what was delivered longest ago while there are more than `bytes`, and nothing dead, pending or new': async (bench) => {
    const raw = new Uint8Array(100)
    const keep = { delivered: 10 * HOUR, dead: 10 * HOUR, limit: 10 }
    const { journal, clock } = bench
    await journal().append(['1', '2', '3', 'dead', 'pending'].map((id) => newEvent(id, { raw, key: id })))
    for (const id of ['2', '1', '3', 'dead']) {
      const { claims } = await claim(bench)
      for (const each of claims) {
        if (each.event.id === id) await settle(bench, each, id === 'dead' ? DEAD : DELIVERED)
        else await settle(bench, each, { type: 'released' })
      }
      await clock.advance(1_000)
    }
    assert.equal((await journal().prune({ ...keep, bytes: 0 })).events, 0)
    await clock.advance(WINDOW)
    await journal().append([newEvent('new', { raw, sinks: [] })])
    assert.deepEqual(await journal().prune({ ...keep, bytes: 600 }), { events: 0, more: false })
    assert.deepEqual(await journal().prune({ ...keep, bytes: 450 }), { events: 2, more: false })
    assert.deepEqual(await findIds(bench), ['3', 'dead', 'pending', 'new'])
    assert.deepEqual(await journal().prune({ ...keep, bytes: 0 }), { events: 1, more: false })
    assert.deepEqual(await findIds(bench), ['dead', 'pending', 'new'])
  },
  'J19 prunes by bytes a few at a time, too': async (bench) => {
    await bench.journal().append(['1', '2', '3'].map((id) => newEvent(id, { raw: new Uint8Array(100), sinks: [] })))
    await bench.clock.advance(WINDOW)
    const keep = { delivered: HOUR, dead: HOUR, bytes: 0, limit: 2 }
    assert.deepEqual(await bench.journal().prune(keep), { events: 2, more: true })
    assert.deepEqual(await bench.journal().prune(keep), { events: 1, more: false })
  },
  'J20 tells which lanes wait behind a failed delivery, and for what': async (bench) => {
    const { journal, clock } = bench
    await journal().append([...eventsOfKey('k', '1', '2', '3'), ...eventsOfKey('l', '4'), ...eventsOfKey('m', '5'), newEvent('6')])
    for (const each of (await claim(bench)).claims) {
      if (each.event.id === '5') await settle(bench, each, DELIVERED)
      else await settle(bench, each, retryIn(each.event.id === '1' ? 2_000 : 1_000))
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
  'J20 finds events by what their deliveries failed with': async (bench) => {
    await bench.journal().append(['1', '2'].map((id) => newEvent(id, { sinks: ['a', 'b'] })))
    for (const each of (await claim(bench)).claims) await settle(bench, each, { type: 'dead', error: `no room for ${each.event.id}%` })
    assert.deepEqual(await findIds(bench, { error: 'room for 2%' }), ['2'])
    assert.deepEqual(await findIds(bench, { error: 'no room', sink: 'a', state: 'dead' }), ['1', '2'])
    assert.deepEqual(await findIds(bench, { error: 'no room', state: 'dead' }), ['1', '2'])
    assert.deepEqual(await findIds(bench, { error: 'no room', sink: 'b' }), [])
    assert.deepEqual(await findIds(bench, { error: 'noroom' }), [])
  },
}
