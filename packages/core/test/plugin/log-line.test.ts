import { formatNames, inMillis, orUnknown } from '@callboard/core'
import { expect } from 'chai'

describe('the helpers for log lines', () => {
  it('name an absent or empty field, and show any other value', () => {
    expect(orUnknown(undefined, 'operator')).to.equal('unknown operator')
    expect(orUnknown('', 'operator')).to.equal('unknown operator')
    expect(orUnknown('admin', 'operator')).to.equal('admin')
    expect(orUnknown(0, 'number of')).to.equal('0')
  })

  it('show three names and count the others', () => {
    expect(formatNames(['a', 'b', 'c'])).to.equal('a, b, c')
    expect(formatNames(['a', 'b', 'c', 'd', 'e'])).to.equal('a, b, c, 2 more')
    expect(formatNames([])).to.equal('nobody')
  })

  it('convert seconds, and leave an absent time absent', () => {
    expect(inMillis(2)).to.equal(2_000)
    expect(inMillis(undefined)).to.equal(undefined)
  })
})
