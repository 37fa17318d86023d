import { type DecodedBody, isObject, type Plugin } from '@callboard/core'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { bodiesOf, type Spot, spotsOf, withAt } from './bodies.ts'
import { plugins } from './plugins.ts'
import { placesOf } from './walk.ts'

// Properties of every body that a codec accepts, not only of the sample. The seed is fixed, so that a failure can be reproduced.
const runs = { seed: 20_260_101, numRuns: 60 }
const CANARY = 'canary-7d1f'

const decodeValid = (plugin: Plugin, body: unknown): DecodedBody => {
  const read = plugin.decode(body)
  if ('reasons' in read) throw new Error(`refused: ${read.reasons.join('; ')}`)
  return read
}
const bodies = (plugin: Plugin) => bodiesOf(plugin.codec)

/** Expects a refusal whose reasons name the path and contain no value. */
const expectRefused = (plugin: Plugin, body: unknown, { path }: Spot) => {
  const read = plugin.decode(body)
  if (!('reasons' in read)) throw new Error(`accepted a wrong ${path.join('.')}`)
  expect(read.reasons).not.to.have.length(0)
  for (const reason of read.reasons) {
    // A wrong value that is a list may be refused for an item of it.
    expect(
      [`${path.join('.')}: `, `${path.join('.')}.`].some((place) => reason.startsWith(place)),
      reason,
    ).to.equal(true)
    expect(reason).to.match(/: expected /)
    expect(reason)
      .not.to.match(/[\r\n]/)
      .and.not.to.contain(CANARY)
  }
}

for (const plugin of plugins) {
  describe(`bodies of ${plugin.command}`, () => {
    it('decode without losing a field', () => {
      fc.assert(
        fc.property(bodies(plugin), (body) => {
          const read = decodeValid(plugin, body)
          if (!isObject(body) || !isObject(read.body)) throw new Error('no object')
          expect(Object.keys(read.body).sort()).to.deep.equal(Object.keys(body).sort())
          expect(decodeValid(plugin, plugin.codec.encode(read.body)).body).to.deep.equal(read.body)
        }),
        runs,
      )
    })

    it('have a key that is a text or absent, and a payload from every hook', () => {
      fc.assert(
        fc.property(bodies(plugin), (body) => {
          const { key, eventTime, body: decoded, payloadFor } = decodeValid(plugin, body)
          expect(typeof key).to.be.oneOf(['string', 'undefined'])
          expect(eventTime === undefined || Number.isFinite(eventTime)).to.equal(true)
          for (const kind of plugin.hooks) {
            const payload: unknown = payloadFor(kind, { ...eventOf(plugin), body: decoded })
            expect(payload).not.to.equal(undefined)
            if (kind === 'log') expect(payload).not.to.match(/\bundefined\b|\bNaN\b|\[object /)
          }
        }),
        runs,
      )
    })

    it('have EventTime as a number, as digits, or not at all [F50]', () => {
      const { EventTime: _, ...timeless } = plugin.sample
      const at = 1_670_574_414_123
      const times = [at, String(at)].map((EventTime) => decodeValid(plugin, { ...timeless, EventTime }).body)
      if (placesOf(plugin.codec).has('EventTime')) for (const body of times) expect(body).to.have.property('EventTime', at)
      expect(decodeValid(plugin, timeless).body).not.to.have.property('EventTime')
    })

    it('are refused if a required field is missing or a field has a wrong type, with a reason that names the field', () => {
      fc.assert(
        fc.property(bodies(plugin), fc.nat(), fc.constantFrom(undefined, { [CANARY]: CANARY }, [CANARY], null), (body, nth, wrong) => {
          const spots = spotsOf(plugin.codec, body).filter(({ codec, required }) =>
            wrong === undefined ? required : codec.decode(wrong)._tag === 'Left',
          )
          const spot = spots[nth % spots.length]
          if (spot === undefined) return
          expectRefused(plugin, withAt(body, spot.path, wrong), spot)
        }),
        runs,
      )
    })
  })
}
