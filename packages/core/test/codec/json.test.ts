import { anyJson, anyObject, formatErrors, struct } from '@callboard/core'
import { expect } from 'chai'

describe('anyObject and anyJson', () => {
  it('anyObject keeps an object unchanged and refuses any other value', () => {
    const value = { a: [1, { b: null }] }
    expect(anyObject.decode(value)).to.have.property('right', value)
    for (const wrong of [undefined, null, [], 'x', 1, true]) expect(anyObject.decode(wrong)._tag, String(wrong)).to.equal('Left')
  })

  it('anyJson keeps any value and refuses only undefined', () => {
    for (const value of [null, [], {}, 'x', 0, false]) expect(anyJson.decode(value)).to.deep.equal({ _tag: 'Right', right: value })
    const missing = struct({ Value: anyJson }).decode({})
    expect(missing._tag === 'Left' && formatErrors(missing.left)).to.deep.equal(['Value: expected any value, got nothing'])
  })
})
