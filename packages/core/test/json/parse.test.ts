import { expect } from 'chai'
import fc from 'fast-check'
import { parse, parseJson } from '../../src/json/parse.ts'

const limits = { depth: 64, values: 100_000 }
const parsed = (text: string | Uint8Array) => {
  const result = parse(typeof text === 'string' ? Buffer.from(text) : text, limits)
  return result._tag === 'Right' ? result.right : result.left
}

const numbered = (count: number): Record<string, number> => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))

describe('parse', () => {
  const refused: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['nothing', '', 'not_json'],
    ['half an object', '{"a":1', 'not_json'],
    ['a trailing comma', '{"a":1,}', 'not_json'],
    ['NaN', '{"a":NaN}', 'not_json'],
    ['null', 'null', 'not_an_object'],
    ['a list', '[]', 'not_an_object'],
    ['a number', '7', 'not_an_object'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not_utf8'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'not_json'],
    ['__proto__', '{"a":{"__proto__":{"x":1}}}', 'forbidden_key'],
    ['__proto__ in escapes', '{"\\u005f_proto__":{}}', 'forbidden_key'],
    ['constructor', '{"a":[{"constructor":1}]}', 'forbidden_key'],
    ['prototype before a spaced colon', '{"prototype" \n : 1}', 'forbidden_key'],
    ['65 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'too_deep'],
    ['a million levels', '['.repeat(1_000_000), 'too_deep'],
    ['too many values', `{"a":[${'0,'.repeat(100_000)}0]}`, 'too_many_values'],
    ['more different keys than anybody needs', JSON.stringify(numbered(8_001)), 'too_many_keys'],
    ['the command twice', '{"CallbackCommand":"A","x":1,"CallbackCommand":"B"}', 'two_commands'],
    ['a huge number for a key', '{1234567890123456789:1}', 'not_json'],
    ['a huge number with a leading zero', '{"a":01234567890123456789}', 'not_json'],
    ['half an exponent', '{"a":1e}', 'not_json'],
    ['an infinite number for a key', '{1e400:1}', 'not_json'],
    ['an infinite number behind a value', '{"a":"b"1e400}', 'not_json'],
  ]
  for (const [what, text, why] of refused) {
    it(`refuses ${what}: ${why} [F41] [F45] [F46]`, () => {
      expect(parsed(text)).to.equal(why)
    })
  }

  const accepted: readonly (readonly [string, string, unknown])[] = [
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['64 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)}}`, JSON.parse(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)],
    ['many different keys', JSON.stringify(numbered(8_000)), numbered(8_000)],
    ['forbidden words as values', '{"a":"__proto__","b":["constructor"]}', { a: '__proto__', b: ['constructor'] }],
    ['a quote behind an escaped backslash', '{"a\\\\":"\\\\\\"{","b":1}', { 'a\\': '\\"{', b: 1 }],
    [
      'an integer beyond 2^53, as digits',
      '{"id":144115188075855871,"n":[-9007199254740993]}',
      { id: '144115188075855871', n: ['-9007199254740993'] },
    ],
    [
      'any other number beyond 2^53, as it is written',
      '{"n":[9007199254740993.0,-12345678901234567890.5,1e400,-1E+0400,9007199254740992]}',
      { n: ['9007199254740993.0', '-12345678901234567890.5', '1e400', '-1E+0400', '9007199254740992'] },
    ],
    [
      'a number that a double rounds or holds',
      '{"n":[0.1000000000000000055,1e-400,-0,1e308,1.5e+3,-9007199254740991,123456789012345.67890]}',
      { n: [0.1, 0, -0, 1e308, 1500, -9007199254740991, 123456789012345.67] },
    ],
    ['the largest integer that fits', '{"id":9007199254740991}', { id: 9007199254740991 }],
    ['digits in a text', '{"id":"144115188075855871"}', { id: '144115188075855871' }],
    ['a long fraction', '{"x":0.12345678901234566}', { x: 0.12345678901234566 }],
    [
      'the command once at the top and again below',
      '{"CallbackCommand":"A","Events":[{"CallbackCommand":"A"}]}',
      { CallbackCommand: 'A', Events: [{ CallbackCommand: 'A' }] },
    ],
  ]
  for (const [what, text, value] of accepted) {
    it(`accepts ${what} [F41] [F48]`, () => {
      expect(parsed(text)).to.deep.equal(value)
    })
  }

  it('parses JSON of any kind without limits, and throws what is wrong', () => {
    expect(parseJson('\ufeff [1, "2", null, 12345678901234567890]\n')).to.deep.equal([1, '2', null, '12345678901234567890'])
    expect(parseJson(Buffer.from('9007199254740993'))).to.equal('9007199254740993')
    expect(parseJson(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)).to.be.an('array')
    expect(() => parseJson('')).to.throw(SyntaxError, 'not_json')
    expect(() => parseJson('{"__proto__":1}')).to.throw(SyntaxError, 'forbidden_key')
    expect(() => parseJson(new Uint8Array([0xff]))).to.throw(SyntaxError, 'not_utf8')
  })

  it('returns the same as JSON.parse for ordinary objects', () => {
    const ordinary = fc
      .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }))
      .filter((value) => !/__proto__|constructor|prototype/.test(JSON.stringify(value)))
    fc.assert(
      fc.property(ordinary, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parsed(text)).to.deep.equal(
          JSON.parse(
            text.replace(/(?<=[:[,\s])-?[1-9]\d{15,}(?=[,\]}\s])/g, (digits) =>
              Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
            ),
          ),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('never throws for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parsed(bytes)),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0059eE+-. _ptruefalsn') }), (text) => void parsed(text)),
      { numRuns: 1_000 },
    )
  })
})
