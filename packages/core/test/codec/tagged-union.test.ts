import { formatErrors, list, millis, struct, taggedUnion } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'

const Element = taggedUnion('MsgType', 'MsgContent', {
  Text: struct({}, { Text: t.string }),
  Timed: struct({ At: millis }),
})
const Body = struct({ MsgBody: list(Element) })

const decoded = (...elements: readonly unknown[]): unknown => {
  const result = Body.decode({ MsgBody: elements })
  return result._tag === 'Right' ? result.right.MsgBody : formatErrors(result.left)
}

describe('taggedUnion', () => {
  it('decodes the content with the codec of its tag', () => {
    expect(decoded({ MsgType: 'Timed', MsgContent: { At: '12', More: 1 } })).to.deep.equal([
      { MsgType: 'Timed', MsgContent: { At: 12, More: 1 } },
    ])
  })

  it('accepts an unlisted tag with any content and returns the same object', () => {
    for (const MsgType of ['New', '', 'toString', '__proto__']) {
      const element = { MsgType, MsgContent: { Text: [1], Deep: { er: null } }, Beside: 1 }
      expect(Element.decode(element)).to.have.property('right', element)
    }
  })

  it('refuses an element without a tag or content, and a value that is no object', () => {
    expect(decoded({ MsgContent: {} }, { MsgType: 'Text' }, { MsgType: 'New', MsgContent: 'secret' }, 7)).to.deep.equal([
      'MsgBody.0.MsgType: expected string, got nothing',
      'MsgBody.1.MsgContent: expected an object, got nothing',
      'MsgBody.2.MsgContent: expected an object',
      'MsgBody.3: expected an object',
    ])
  })

  it('reports the path inside the content and never the value', () => {
    expect(decoded({ MsgType: 'Text', MsgContent: { Text: 7 } }, { MsgType: 'Timed', MsgContent: {} })).to.deep.equal([
      'MsgBody.0.MsgContent.Text: expected string',
      'MsgBody.1.MsgContent.At: expected milliseconds, got nothing',
    ])
  })

  it('recognizes its own values and encodes them to the wire form', () => {
    expect(Element.is({ MsgType: 'Text', MsgContent: { Text: 'x' } })).to.equal(true)
    expect(Element.is({ MsgType: 'Text', MsgContent: { Text: 7 } })).to.equal(false)
    expect(Element.is({ MsgType: 'New', MsgContent: {} })).to.equal(true)
    expect(Element.is({ MsgType: 'New' })).to.equal(false)
    const element = { MsgType: 'Timed', MsgContent: { At: 5 } } as const
    expect(Element.encode(element)).to.deep.equal(element)
  })

  it('narrows the type when the tag is compared', () => {
    const text = (element: t.TypeOf<typeof Element>): string | undefined =>
      element.MsgType === 'Text' ? element.MsgContent.Text : undefined
    // @ts-expect-error a misspelt field of the content
    const wrong = (element: t.TypeOf<typeof Element>) => (element.MsgType === 'Text' ? element.MsgContent.Txt : undefined)
    void wrong
    expect(text({ MsgType: 'Text', MsgContent: { Text: 'x' } })).to.equal('x')
  })
})
