import { anyJson, anyObject, formatErrors, struct } from '@callboard/core'
import { expect } from 'chai'

describe('free JSON', () => {
  it('keeps an object as it is, and refuses what is none', () => {
    const value = { a: [1, { b: null }] }
    expect(anyObject.decode(value)).to.have.property('right', value)
    for (const wrong of [undefined, null, [], 'x', 1, true]) expect(anyObject.decode(wrong)._tag, String(wrong)).to.equal('Left')
  })

  it('keeps any value, and refuses only nothing', () => {
    for (const value of [null, [], {}, 'x', 0, false]) expect(anyJson.decode(value)).to.deep.equal({ _tag: 'Right', right: value })
    const missing = struct({ Value: anyJson }).decode({})
    expect(missing._tag === 'Left' && formatErrors(missing.left)).to.deep.equal(['Value: expected any value, got nothing'])
  })
})
