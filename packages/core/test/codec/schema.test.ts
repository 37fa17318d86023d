import {
  anyObject,
  decimal,
  duration,
  flag,
  identifier,
  integer,
  list,
  oneOf,
  schemaOf,
  strictStruct,
  struct,
  withSchema,
} from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'

describe('the schema of a codec', () => {
  it('lists required and optional fields, and whether unknown fields are accepted', () => {
    const codec = strictStruct({ name: t.string }, { on: t.boolean, inside: list(struct({ share: t.number })) })
    expect(schemaOf(codec)).to.deep.equal({
      type: 'object',
      properties: {
        name: { type: 'string' },
        on: { type: 'boolean' },
        inside: { type: 'array', items: { type: 'object', properties: { share: { type: 'number' } }, required: ['share'] } },
      },
      required: ['name'],
      additionalProperties: false,
    })
  })

  it('is the schema of withSchema with the name as description', () => {
    expect(schemaOf(withSchema(list(t.string), { type: 'array', maxItems: 1 }))).to.deep.equal({
      description: 'a list',
      type: 'array',
      maxItems: 1,
    })
    expect(schemaOf(oneOf('a', 'b'))).to.deep.equal({ description: '"a" or "b"', enum: ['a', 'b'] })
  })

  it('accepts the same texts as the codec', () => {
    for (const codec of [integer, decimal, duration]) {
      const { pattern } = schemaOf(codec)
      for (const text of ['7', '-7', '39.9', '1e3', '', '7s', '1.5 m', ' 7', '7x', '12345678901234567'])
        expect(new RegExp(String(pattern)).test(text), `${codec.name}: ${text}`).to.equal(codec.decode(text)._tag === 'Right')
    }
    expect(schemaOf(identifier).type).to.deep.equal(['string', 'integer'])
    expect(schemaOf(flag).enum).to.deep.equal([true, false, 'true', 'false'])
  })

  it('throws for a codec without a JSON Schema', () => {
    expect(() => schemaOf(struct({ inside: anyObject }))).to.throw(TypeError, 'no JSON Schema for the codec an object')
  })
})
