import { flag, identifier, seconds } from '@callboard/core'
import { expect } from 'chai'

describe('scalars that the vendor sends in two forms', () => {
  it('an identifier decodes to text, from text or a number', () => {
    expect(identifier.decode('user1')).to.have.property('right', 'user1')
    expect(identifier.decode('144115198576116560')).to.have.property('right', '144115198576116560')
    expect(identifier.decode(144115198)).to.have.property('right', '144115198')
    expect(identifier.decode(0)).to.have.property('right', '0')
  })

  it('an identifier that lost digits is refused, since it would name another account', () => {
    for (const value of [2 ** 57, 1.5, Number.NaN, null, true, ['user1'], {}]) {
      expect(identifier.decode(value)._tag, String(value)).to.equal('Left')
    }
  })

  it('a flag decodes to a boolean, from a boolean or a word', () => {
    for (const value of [true, 'true']) expect(flag.decode(value)).to.have.property('right', true)
    for (const value of [false, 'false']) expect(flag.decode(value)).to.have.property('right', false)
  })

  it('a flag refuses any other value', () => {
    for (const value of ['', 'False', 'yes', 0, 1, null, {}]) expect(flag.decode(value)._tag, String(value)).to.equal('Left')
  })

  it('seconds decode from a number or digits, and stay seconds', () => {
    for (const value of [1557481127, '1557481127']) expect(seconds.decode(value)).to.have.property('right', 1557481127)
    for (const value of ['soon', 1.5, null]) expect(seconds.decode(value)._tag, String(value)).to.equal('Left')
  })
})
