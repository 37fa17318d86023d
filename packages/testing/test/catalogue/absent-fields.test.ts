import { allow, allowWith, type DecodedBody, drop, isObject, type Plugin, refuse, type Verdict } from '@callboard/core'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Spot, spotsOf, withAt } from './bodies.ts'
import { plugins } from './plugins.ts'

// Every subset of the fields that are not required may be absent from a body. The seed is fixed, so that a failure can be reproduced.
const runs = { seed: 20_161_129, numRuns: 40 }

const without = (plugin: Plugin, spots: readonly Spot[]): unknown =>
  spots.reduce<unknown>((body, { path }) => withAt(body, path, undefined), plugin.sample)

const decodeValid = (plugin: Plugin, body: unknown): DecodedBody => {
  const decoded = plugin.decode(body)
  if ('reasons' in decoded) throw new Error(`refused ${JSON.stringify(body)}: ${decoded.reasons.join('; ')}`)
  return decoded
}

const MESSAGE = [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }]
/** Returns verdicts of every kind that the callback takes. */
const verdictsOf = ({ before }: Plugin): readonly Verdict[] => {
  if (before === undefined) return []
  const replies = [{ MsgBody: MESSAGE, CloudCustomData: 'x' }, { except: ['user1', 'stranger'] }].filter((fields) =>
    before.reply?.is(fields),
  )
  const refusals = [refuse(), ...(before.codes?.map((code) => refuse(code, 'no')) ?? [])]
  return [allow, ...refusals, ...(before.drop ? [drop] : []), ...replies.map((fields) => allowWith<unknown>(fields))]
}

/** Expects that the body is accepted and that hooks, key and answers have words or values for all that is absent. */
const expectUsable = (plugin: Plugin, body: unknown): void => {
  const decoded = decodeValid(plugin, body)
  const keyParts = decodeValid(plugin, plugin.sample).key?.split(':') ?? []
  for (const part of decoded.key?.split(':') ?? []) expect(keyParts, 'the key has a part that the sample has not').to.include(part)
  expect(decoded.eventTime === undefined || Number.isFinite(decoded.eventTime)).to.equal(true)
  // The file sink writes the decoded body and the webhook sink the bytes: both are JSON without an absent or impossible value.
  expect(JSON.parse(JSON.stringify(decoded.body))).to.deep.equal(decoded.body)
  for (const kind of plugin.hooks) {
    const payload: unknown = decoded.payloadFor(kind, { ...eventOf(plugin), body: decoded.body })
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    expect(text).to.match(/\S/)
    expect(text).not.to.match(/\b(undefined|null|NaN|Infinity)\b|\[object |\(\)| {2}|^ | $/)
  }
  for (const verdict of verdictsOf(plugin)) {
    const { answer, warning } = decoded.answer?.(verdict) ?? {}
    expect(warning).to.equal(undefined)
    expect(JSON.parse(JSON.stringify(answer)))
      .to.deep.include({ ActionStatus: 'OK' })
      .and.to.have.property('ErrorCode')
      .that.is.a('number')
  }
}

for (const plugin of plugins) {
  const spots = spotsOf(plugin.codec, plugin.sample)
  const optional = spots.filter(({ required }) => !required)

  describe(`absent fields of ${plugin.command}`, () => {
    it('are accepted one by one, all at once and in any combination, if they are not required [F50]', () => {
      expectUsable(plugin, plugin.sample)
      for (const spot of optional) expectUsable(plugin, without(plugin, [spot]))
      expectUsable(plugin, without(plugin, optional))
      fc.assert(
        fc.property(fc.subarray(optional), (absent) => expectUsable(plugin, without(plugin, absent))),
        runs,
      )
    })

    it('are refused with a reason that names the field, if it is required [F50]', () => {
      for (const spot of spots.filter(({ required }) => required)) {
        const decoded = plugin.decode(without(plugin, [spot]))
        if (!('reasons' in decoded)) throw new Error(`accepted without ${spot.path.join('.')}`)
        expect(decoded.reasons.map((reason) => reason.split(': expected')[0])).to.deep.equal([spot.path.join('.')])
        expect(decoded.reasons[0]).to.match(/, got nothing$/)
      }
    })
  })
}

describe('a before-callback', () => {
  it('reaches its decision although everything is absent that the decision can do without [F50]', () => {
    const before = plugins.filter((plugin) => plugin.before !== undefined)
    expect(before).to.have.length.above(10)
    for (const plugin of before) {
      const optional = spotsOf(plugin.codec, plugin.sample).filter(({ required }) => !required)
      const body = without(plugin, optional)
      expect(isObject(body) && Object.keys(body).length, plugin.command).to.be.below(5)
      expect(verdictsOf(plugin).length, plugin.command).to.be.at.least(2)
      expectUsable(plugin, body)
    }
  })
})
