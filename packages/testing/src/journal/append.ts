import assert from 'node:assert/strict'
import { DEFAULT_DEDUPE_WINDOW_MS, type NewEvent } from '@callboard/core'
import { claim, claimAndSettleAll, claimIds, DELIVERED, findEvents, findIds, findOne, newEvent, type Rules } from './test-journal.ts'

const UNUSUAL_STRINGS = [
  '',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00x',
  "'; DROP TABLE event; --",
  '__proto__',
  '%_*',
  '群组🎭',
  'k'.repeat(10_240),
]

/** Rules J1 to J6. */
export const appendRules: Rules = {
  'J1 append stores each event with one delivery per sink, in the order of its sinks': async (tested) => {
    assert.deepEqual(await tested.journal().append([newEvent('1', { sinks: ['b', 'a', 'c'] }), newEvent('2', { sinks: [] })]), [
      { type: 'recorded', id: '1' },
      { type: 'recorded', id: '2' },
    ])
    const pending = { state: 'pending', attempts: 0 }
    assert.deepEqual(
      (await findOne(tested, '1')).deliveries,
      ['b', 'a', 'c'].map((sink) => ({ sink, ...pending })),
    )
    assert.deepEqual((await findOne(tested, '2')).deliveries, [])
  },
  'J1 append makes one delivery for a sink that an event names twice': async (tested) => {
    await tested.journal().append([newEvent('1', { sinks: ['a', 'a'] })])
    assert.equal((await findOne(tested, '1')).deliveries.length, 1)
  },
  'J1 append fails only the event that can never be stored, not the rest of its batch': async (tested) => {
    // A caller in JavaScript can pass a string.
    const raw: Uint8Array = JSON.parse('"text"')
    const answers = await tested.journal().append([newEvent('1'), newEvent('2', { raw }), newEvent('3')])
    assert.deepEqual(
      answers.map(({ type, id }) => [type, id]),
      [
        ['recorded', '1'],
        ['failed', '2'],
        ['recorded', '3'],
      ],
    )
    assert.deepEqual(await findIds(tested), ['1', '3'])
  },
  'J1 append accepts an empty batch': async ({ journal }) => {
    assert.deepEqual(await journal().append([]), [])
  },
  'J2 append of a stored id stores nothing and returns the same answer': async (tested) => {
    const batch = [newEvent('1', { dedupeKey: 'x' }), newEvent('2')]
    const answers = await tested.journal().append(batch)
    await claimAndSettleAll(tested, DELIVERED)
    assert.deepEqual(await tested.journal().append(batch), answers)
    assert.deepEqual(await tested.journal().append([...batch, ...batch]), [...answers, ...answers])
    assert.deepEqual(await claimIds(tested), [])
    assert.deepEqual(
      (await findEvents(tested)).map(({ id, duplicates }) => [id, duplicates]),
      [
        ['1', 0],
        ['2', 0],
      ],
    )
  },
  'J3 append answers a duplicate with the id of the first event, counts it, and makes no delivery': async (tested) => {
    await tested.journal().append([newEvent('1', { dedupeKey: 'x' })])
    assert.deepEqual(await tested.journal().append([newEvent('2', { dedupeKey: 'x', sinks: ['a', 'b'] })]), [
      { type: 'duplicate', id: '1' },
    ])
    assert.deepEqual(await findIds(tested), ['1'])
    assert.equal((await findOne(tested, '1')).duplicates, 1)
    assert.deepEqual(await claimIds(tested, { sink: 'b' }), [])
  },
  'J3 append finds duplicates in the same batch': async (tested) => {
    const batch = ['1', '2', '3'].map((id) => newEvent(id, { dedupeKey: 'x' }))
    assert.deepEqual(
      (await tested.journal().append(batch)).map(({ type, id }) => [type, id]),
      [
        ['recorded', '1'],
        ['duplicate', '1'],
        ['duplicate', '1'],
      ],
    )
    assert.equal((await findOne(tested, '1')).duplicates, 2)
  },
  'J3 the dedupe window begins with the first event, and duplicates do not extend it': async (tested) => {
    const { clock, journal } = tested
    const copy = (id: string) => journal().append([newEvent(id, { dedupeKey: 'x' })])
    await copy('1')
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.deepEqual(await copy('2'), [{ type: 'duplicate', id: '1' }])
    await clock.advance(1)
    assert.deepEqual(await copy('3'), [{ type: 'recorded', id: '3' }])
    await clock.advance(DEFAULT_DEDUPE_WINDOW_MS - 1)
    assert.deepEqual(await copy('4'), [{ type: 'duplicate', id: '3' }])
  },
  'J3 events of different apps or commands are never duplicates': async ({ journal }) => {
    const batch = [{}, { app: 2 }, { command: 'C2S.CallbackAfterSendMsg' }].map((fields, index) =>
      newEvent(String(index), { dedupeKey: 'x', ...fields }),
    )
    assert.deepEqual(
      (await journal().append(batch)).map(({ type }) => type),
      ['recorded', 'recorded', 'recorded'],
    )
  },
  'J3 long dedupe keys with the same beginning are different': async ({ journal }) => {
    const batch = ['a', 'b'].map((end) => newEvent(end, { dedupeKey: `${'1'.repeat(60)}${end}` }))
    assert.deepEqual(
      (await journal().append(batch)).map(({ type }) => type),
      ['recorded', 'recorded'],
    )
  },
  'J3 events without a dedupe key are never duplicates': async (tested) => {
    const raw = new TextEncoder().encode('{}')
    await tested.journal().append([newEvent('1', { raw }), newEvent('2', { raw })])
    assert.deepEqual(await findIds(tested), ['1', '2'])
  },
  'J6 any string is stored unchanged': async (tested) => {
    const unusualEvent = (text: string, index: number): NewEvent =>
      newEvent(`${index} ${text}`, {
        key: text,
        command: text,
        dedupeKey: text,
        query: { [text]: text },
        reasons: [text],
        sinks: ['a', text],
      })
    const batch = UNUSUAL_STRINGS.map(unusualEvent)
    const answers = await tested.journal().append(batch)
    assert.deepEqual(
      answers,
      batch.map(({ id }) => ({ type: 'recorded', id })),
    )
    const expected = batch.map(({ sinks, dedupeKey, raw, ...event }) => event)
    const events = await findEvents(tested)
    assert.deepEqual(
      events.map(({ deliveries, duplicates, raw, ...event }) => event),
      expected,
    )
    assert.deepEqual(
      events.map(({ deliveries }) => deliveries.map(({ sink }) => sink)),
      batch.map(({ sinks }) => sinks),
    )
    for (const [index, text] of UNUSUAL_STRINGS.entries()) {
      assert.deepEqual(await findIds(tested, { key: text }), [`${index} ${text}`])
      assert.deepEqual(await claimIds(tested, { sink: text }), [`${index} ${text}`])
    }
    // Each of these keys has a lane of its own.
    const { claims } = await claim(tested)
    assert.deepEqual(
      claims.map(({ event: { raw, ...event } }) => event).sort((a, b) => (a.id < b.id ? -1 : 1)),
      [...expected].sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  },
  'J6 any bytes are stored unchanged, also when the caller reuses the buffer': async (tested) => {
    const buffer = Uint8Array.from({ length: 512 }, (_, index) => index % 256)
    const whole = Uint8Array.from(buffer)
    await tested
      .journal()
      .append([
        newEvent('1', { raw: buffer.subarray(100, 400) }),
        newEvent('2', { raw: new Uint8Array(0) }),
        newEvent('3', { raw: buffer }),
      ])
    buffer.fill(0)
    const raws = (await findEvents(tested, { raw: true })).map(({ raw }) => Uint8Array.from(raw ?? []))
    assert.deepEqual(raws, [whole.subarray(100, 400), new Uint8Array(0), whole])
    const claims = new Map((await claim(tested)).claims.map(({ event }) => [event.id, Uint8Array.from(event.raw)]))
    assert.deepEqual(
      ['1', '2', '3'].map((id) => claims.get(id)),
      raws,
    )
  },
}
