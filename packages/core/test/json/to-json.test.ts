import { expect } from 'chai'
import { toJson } from '../../src/json/to-json.ts'

const self: Record<string, unknown> = { name: 'x' }
self.self = self
const list: unknown[] = []
list.push([list])
const shared = { a: 1 }

class Group {
  readonly id = 'g'
}

/** Nests `depth` lists. */
const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}
/** A value whose JSON doubles with each level. */
const doubled = (levels: number): unknown => {
  let value: unknown = 'x'
  for (let level = 0; level < levels; level += 1) value = [value, value]
  return value
}
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const converted: readonly (readonly [name: string, value: unknown, json: unknown])[] = [
  ['JSON', { a: [1, 'x', true, null, { b: 1.5 }] }, { a: [1, 'x', true, null, { b: 1.5 }] }],
  ['a Date as its ISO text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['a BigInt as its digits', { id: 144115198576116560n }, { id: '144115198576116560' }],
  ['a property that is undefined as none', { a: undefined, b: 1 }, { b: 1 }],
  ['an instance of a class as its fields', new Group(), { id: 'g' }],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['what toJSON returns', { toJSON: () => ({ at: new Date(0) }) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['a Buffer as JSON.stringify does', Buffer.from('a'), { type: 'Buffer', data: [97] }],
  ['an object that occurs twice', { one: shared, two: shared }, { one: { a: 1 }, two: { a: 1 } }],
  ['a proxy of an object', new Proxy({ a: 1 }, {}), { a: 1 }],
  ['a field named __proto__ as a field', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ['lists 1 000 levels deep', nested(1_000), nested(1_000)],
]

const refused: readonly (readonly [name: string, value: unknown, reason: string | RegExp])[] = [
  ['nothing', undefined, '$ is nothing'],
  ['a function', { a: { b: () => {} } }, '$.a.b is a function'],
  ['a symbol', { a: [Symbol('x')] }, '$.a[0] is a symbol'],
  ['a number that JSON lacks', { 'a b': Number.NaN }, '$["a b"] is NaN'],
  ['infinity', [-Infinity], '$[0] is -Infinity'],
  ['undefined in a list', { a: [1, undefined] }, '$.a[1] is nothing'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  ['a hole in a list', [1, , 2], '$[1] is nothing'],
  ['a Map', { a: new Map([['b', 1]]) }, '$.a is a Map'],
  ['a Set', { a: new Set([1]) }, '$.a is a Set'],
  ['an Error', { error: new Error('x') }, '$.error is an Error'],
  ['a promise', { a: Promise.resolve(1) }, '$.a is a Promise'],
  ['bytes', { a: new Uint8Array(2) }, '$.a is an Uint8Array'],
  ['an invalid Date', { a: new Date(Number.NaN) }, '$.a is an invalid Date'],
  ['a cycle of objects', self, '$.self is a cycle'],
  ['a cycle of lists', { list }, '$.list[0][0] is a cycle'],
  ['a cycle through toJSON', { a: { toJSON: () => self } }, '$.a.self is a cycle'],
  [
    'a getter that throws',
    {
      a: {
        get b() {
          throw new Error('boom')
        },
      },
    },
    '$.a.b threw: boom',
  ],
  [
    'a toJSON that throws',
    {
      a: {
        toJSON: () => {
          throw new Error('boom')
        },
      },
    },
    '$.a threw: boom',
  ],
  ['a revoked proxy', { a: revoked() }, /^\$\.a threw: Cannot perform/],
  ['a value that is nested too deep', nested(1_001), /^\$(\[0\]){1000} is nested deeper than 1000 levels$/],
  ['a value that grows beyond the limit', doubled(40), /is beyond the limit of 1000000 values$/],
  ['a text beyond the limit', { a: 'x'.repeat(64 * 2 ** 20) }, '$.a is beyond the limit of 67108864 characters'],
]

describe('the JSON of a value', () => {
  for (const [name, value, json] of converted) {
    it(`has ${name}`, () => {
      expect(toJson(value)).to.deep.equal({ _tag: 'Right', right: json })
    })
  }

  for (const [name, value, reason] of refused) {
    it(`cannot have ${name}`, () => {
      const result = toJson(value)
      const left = result._tag === 'Left' ? result.left : undefined
      if (typeof reason === 'string') expect(left).to.equal(reason)
      else expect(left).to.match(reason)
    })
  }

  it('shares no object with the value', () => {
    const value = { a: [{ b: 1 }] }
    const result = toJson(value)
    value.a.push({ b: 2 })
    expect(result).to.deep.equal({ _tag: 'Right', right: { a: [{ b: 1 }] } })
  })
})
