import { decimal, formatErrors, integer, list, MAX_ISSUES, millis, oneOf, strictStruct, struct } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'

const Member = struct({ Member_Account: t.string }, { JoinTime: integer })
const Group = struct({ GroupId: t.string }, { MemberList: list(Member), EventTime: millis, Kind: oneOf('Public', 'Private') })

const refused = (codec: t.Mixed, value: unknown): readonly string[] => {
  const decoded = codec.decode(value)
  return decoded._tag === 'Left' ? formatErrors(decoded.left) : []
}

describe('struct', () => {
  it('returns the same object when no field changes', () => {
    const value = { GroupId: 'g', MemberList: undefined }
    expect(Group.decode(value)).to.have.property('right', value)
  })

  it('keeps unknown fields', () => {
    const decoded = Group.decode({ GroupId: 'g', EventTime: '12', New: { a: 1 } })
    expect(decoded).to.have.deep.property('right', { GroupId: 'g', EventTime: 12, New: { a: 1 } })
  })

  it('reports the path and the expected type, and never the value', () => {
    expect(refused(Group, { GroupId: 7, EventTime: 'secret', Kind: 'x', MemberList: [{ Member_Account: 'a' }, {}] })).to.deep.equal([
      'GroupId: expected string',
      'MemberList.1.Member_Account: expected string, got nothing',
      'EventTime: expected milliseconds',
      'Kind: expected "Public" or "Private"',
    ])
  })

  it('reports a missing required field as `got nothing`', () => {
    expect(refused(Group, {})).to.deep.equal(['GroupId: expected string, got nothing'])
  })

  it('refuses a value that is no object', () => {
    for (const value of [null, [], 'x', 7, undefined]) expect(refused(Group, value)).to.have.length(1)
  })

  it('ignores inherited properties', () => {
    expect(refused(struct({ toString: t.string }), {})).to.deep.equal(['toString: expected string, got nothing'])
  })

  it('treats __proto__ as an ordinary field', () => {
    const decoded = Group.decode(JSON.parse('{"GroupId":"g","EventTime":"1","__proto__":{"polluted":true}}'))
    expect(decoded._tag).to.equal('Right')
    if (decoded._tag === 'Right') expect(decoded.right).not.to.have.property('polluted')
  })

  it('encodes a decoded value to the wire form', () => {
    expect(Group.encode({ GroupId: 'g', EventTime: 5 })).to.deep.equal({ GroupId: 'g', EventTime: 5 })
  })

  it('refuses an unknown field in a strict struct', () => {
    expect(refused(strictStruct({ url: t.string }), { url: 'x', ulr: 'y' })).to.deep.equal(['ulr: unknown key'])
  })

  it('masks the keys of a record in a path, since the sender chose them', () => {
    expect(refused(struct({ a: t.record(t.string, t.number) }), { a: { 'private@example': 'x' } })).to.deep.equal(['a.*: expected number'])
  })
})

describe('list', () => {
  it('stops at eight issues, however large a hostile list is', () => {
    const hostile = { GroupId: 'g', MemberList: Array.from({ length: 350_000 }, () => ({})) }
    let looked = 0
    const counting = struct(
      {},
      {
        MemberList: list(
          new t.Type<string, string, unknown>(
            'text',
            t.string.is,
            (value, context) => {
              looked += 1
              return t.string.validate(value, context)
            },
            String,
          ),
        ),
      },
    )
    expect(refused(Group, hostile)).to.have.length(MAX_ISSUES)
    expect(refused(counting, { MemberList: hostile.MemberList })).to.have.length(MAX_ISSUES)
    expect(looked).to.equal(MAX_ISSUES)
  })

  it('limits the issues of nested lists together', () => {
    const nested = struct({ rows: list(struct({ cells: list(t.string) })) })
    const rows = Array.from({ length: 1_000 }, () => ({ cells: [1, 2, 3] }))
    expect(refused(nested, { rows })).to.have.length(MAX_ISSUES)
  })
})

describe('numbers on the wire', () => {
  it('are accepted as numbers and as digits', () => {
    for (const value of [1670574414123, '1670574414123']) expect(millis.decode(value)).to.have.property('right', 1670574414123)
  })

  it('may have a fraction when the codec is `decimal`', () => {
    for (const [given, number] of [
      [39.9, 39.9],
      ['39.9', 39.9],
      ['-7', -7],
      [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
    ])
      expect(decimal.decode(given)).to.have.property('right', number)
    for (const value of ['', '1e3', '.5', '1.', '0x10', ' 1', '9007199254740993', Number.NaN, Number.POSITIVE_INFINITY, true, null, []]) {
      expect(decimal.decode(value)._tag, String(value)).to.equal('Left')
    }
  })

  it('are refused when a number cannot hold them exactly', () => {
    for (const value of ['', '1e3', '1.5', 1.5, '12345678901234567', 2 ** 53, true, null, ' 1', '0x10']) {
      expect(integer.decode(value)._tag, String(value)).to.equal('Left')
    }
  })
})
