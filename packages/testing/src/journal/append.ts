import assert from 'node:assert/strict'
import { DEFAULT_DEDUPE_WINDOW_MS, type NewEvent } from '@callboard/core'
import { claim, claimAndSettleAll, claimIds, DELIVERED, findEvents, findIds, findOne, newEvent, type Rules } from './test-journal.ts'

const ODD = ['', '\u0000', 'a\u0000b', '\ud800', '\udc00x', "'; DROP TABLE event; --", '__proto__', '%_*', '群组🎭', 'k'.repeat(10_240)]

/** Rules J1 to J6. */
export const appendRules: Rules = {
  'J1 records an event with a delivery for each of its sinks, in their order': async (bench) => {
    assert.deepEqual(await bench.journal().append([newEvent('1', { sinks: ['b', 'a', 'c'] }), newEvent('2', { sinks: [] })]), [
      { type: 'recorded', id: '1' },
      { type: 'recorded', id: '2' },
    ])
    const pending = { state: 'pending', attempts: 0 }
    assert.deepEqual(
      (await findOne(bench, '1')).deliveries,
      ['b', 'a', 'c'].map((sink) => ({ sink, ...pending })),
    )
    assert.deepEqual((await findOne(bench, '2')).deliveries, [])
  },
  'J1 makes one delivery for a sink that is named twice': async (bench) => {
    await bench.journal().append([newEvent('1', { sinks: ['a', 'a'] })])
    assert.equal((await findOne(bench, '1')).deliveries.length, 1)
  },
  'J1 fails an item that can never be stored, and none of its batch-mates': async (bench) => {
    // From a caller in JavaScript.
    const raw: Uint8Array = JSON.parse('"text"')
    const answers = await bench.journal().append([newEvent('1'), newEvent('2', { raw }), newEvent('3')])
    assert.deepEqual(
      answers.map(({ type, id }) => [type, id]),
      [
        ['recorded', '1'],
        ['failed', '2'],
        ['recorded', '3'],
      ],
    )
    assert.deepEqual(await findIds(bench), ['1', '3'])
  },
  'J1 takes an empty batch': async ({ journal }) => {
    assert.deepEqual(await journal().append([]), [])
  },
  'J2 stores nothing when the same id is appended again, and answers the same': async (bench) => {
    const batch = [newEvent('1', { dedupeKey: 'x' }), newEvent('2')]
    const answers = await bench.journal().append(batch)
    await claimAndSettleAll(bench, DELIVERED)
    assert.deepEqual(await bench.journal().append(batch), answers)
    assert.deepEqual(await bench.journal().append([...batch, ...batch]), [...answers, ...answers])
    assert.deepEqual(await claimIds(bench), [])
    assert.deepEqual(
      (await findEvents(bench)).map(({ id, duplicates }) => [id, duplicates]),
      [
        ['1', 0],
        ['2', 0],
      ],
    )
  },
  'J3 answers a copy with the id of the first, counts it, and makes no delivery': async (bench) => {
    await bench.journal().append([newEvent('1', { dedupeKey: 'x' })])
    assert.deepEqual(await bench.journal().append([newEvent('2', { dedupeKey: 'x', sinks: ['a', 'b'] })]), [{ type: 'duplicate', id: '1' }])
    assert.deepEqual(await findIds(bench), ['1'])
    assert.equal((await findOne(bench, '1')).duplicates, 1)
    assert.deepEqual(await claimIds(bench, { sink: 'b' }), [])
  },
  'J3 finds a copy in the same batch': async (bench) => {
    const batch = ['1', '2', '3'].map((id) => newEvent(id, { dedupeKey: 'x' }))
    assert.deepEqual(
      (await bench.journal().append(batch)).map(({ type, id }) => [type, id]),
      [
        ['recorded', '1'],
        ['duplicate', '1'],
        ['duplicate', '1'],
      ],
    )
    assert.equal((await findOne(bench, '1')).duplicates, 2)
  },
  'J3 counts the window from the first copy; later ones do not extend it': async (bench) => {
    const { clock, journal } = bench
    const copy = (id: string) => journal().append([newEvent(id, { dedupeKey: 'x' })])
    await copy('1')
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.deepEqual(await copy('2'), [{ type: 'duplicate', id: '1' }])
    await clock.advance(1)
    assert.deepEqual(await copy('3'), [{ type: 'recorded', id: '3' }])
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.deepEqual(await copy('4'), [{ type: 'duplicate', id: '3' }])
  },
  'J3 tells identities of apps and commands apart': async ({ journal }) => {
    const batch = [{}, { app: 2 }, { command: 'C2S.CallbackAfterSendMsg' }].map((special, place) =>
      newEvent(String(place), { dedupeKey: 'x', ...special }),
    )
    assert.deepEqual(
      (await journal().append(batch)).map(({ type }) => type),
      ['recorded', 'recorded', 'recorded'],
    )
  },
  'J3 tells long identities apart that begin alike': async ({ journal }) => {
    const batch = ['a', 'b'].map((end) => newEvent(end, { dedupeKey: `${'1'.repeat(60)}${end}` }))
    assert.deepEqual(
      (await journal().append(batch)).map(({ type }) => type),
      ['recorded', 'recorded'],
    )
  },
  'J3 never takes events without an identity for copies': async (bench) => {
    const raw = new TextEncoder().encode('{}')
    await bench.journal().append([newEvent('1', { raw }), newEvent('2', { raw })])
    assert.deepEqual(await findIds(bench), ['1', '2'])
  },
  'J6 keeps any string as it is': async (bench) => {
    const odd = (text: string, place: number): NewEvent =>
      newEvent(`${place} ${text}`, {
        key: text,
        command: text,
        dedupeKey: text,
        query: { [text]: text },
        reasons: [text],
        sinks: ['a', text],
      })
    const batch = ODD.map(odd)
    const answers = await bench.journal().append(batch)
    assert.deepEqual(
      answers,
      batch.map(({ id }) => ({ type: 'recorded', id })),
    )
    const expected = batch.map(({ sinks, dedupeKey, raw, ...event }) => event)
    const events = await findEvents(bench)
    assert.deepEqual(
      events.map(({ deliveries, duplicates, raw, ...event }) => event),
      expected,
    )
    assert.deepEqual(
      events.map(({ deliveries }) => deliveries.map(({ sink }) => sink)),
      batch.map(({ sinks }) => sinks),
    )
    for (const [place, text] of ODD.entries()) {
      assert.deepEqual(await findIds(bench, { key: text }), [`${place} ${text}`])
      assert.deepEqual(await claimIds(bench, { sink: text }), [`${place} ${text}`])
    }
    // No two of these keys share a lane.
    const { claims } = await claim(bench)
    assert.deepEqual(
      claims.map(({ event: { raw, ...event } }) => event).sort((a, b) => (a.id < b.id ? -1 : 1)),
      [...expected].sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  },
  'J6 keeps any bytes as they are, also when the caller uses the buffer again': async (bench) => {
    const buffer = Uint8Array.from({ length: 512 }, (_, place) => place % 256)
    const whole = Uint8Array.from(buffer)
    await bench
      .journal()
      .append([
        newEvent('1', { raw: buffer.subarray(100, 400) }),
        newEvent('2', { raw: new Uint8Array(0) }),
        newEvent('3', { raw: buffer }),
      ])
    buffer.fill(0)
    const raws = (await findEvents(bench, { raw: true })).map(({ raw }) => Uint8Array.from(raw ?? []))
    assert.deepEqual(raws, [whole.subarray(100, 400), new Uint8Array(0), whole])
    const claims = new Map((await claim(bench)).claims.map(({ event }) => [event.id, Uint8Array.from(event.raw)]))
    assert.deepEqual(
      ['1', '2', '3'].map((id) => claims.get(id)),
      raws,
    )
  },
}
