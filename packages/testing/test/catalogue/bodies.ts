import { isObject, List, Struct, TaggedUnion } from '@callboard/core'
import fc from 'fast-check'
import type * as t from 'io-ts'
import { alternativesOf } from './walk.ts'

const NEW = fc.dictionary(fc.constantFrom('NewField', 'Another', '新'), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
const number = fc.oneof(fc.nat(), fc.constantFrom(0, -1, 2 ** 31, 2 ** 53 - 1))

// The codec itself tells what it accepts.
const leafOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  const takes = (value: unknown): boolean => codec.decode(value)._tag === 'Right'
  const candidates: readonly (readonly [unknown, fc.Arbitrary<unknown>])[] = [
    ['x', fc.string()],
    ['', fc.constant('')],
    [7, number],
    ['7', number.map(String)],
    [true, fc.boolean()],
    ['true', fc.constantFrom('true', 'false')],
    [{}, fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })],
    [null, fc.constant(null)],
  ]
  return fc.oneof(...candidates.filter(([probe]) => takes(probe)).map(([, arbitrary]) => arbitrary))
}

const mapped = (fields: Readonly<Record<string, t.Mixed>>): Record<string, fc.Arbitrary<unknown>> =>
  Object.fromEntries(Object.entries(fields).map(([field, codec]) => [field, bodiesOf(codec)]))

/** Generates bodies as the vendor may send them: with any optional and unknown fields, in any order. */
export const bodiesOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof List) return fc.array(bodiesOf(codec.item), { maxLength: 3 })
  if (codec instanceof TaggedUnion) {
    const contents: Readonly<Record<string, t.Mixed | undefined>> = { ...codec.listed, NewKind: undefined }
    return fc.oneof(
      ...Object.entries(contents).map(([kind, content]) =>
        fc.record({ [codec.tag]: fc.constant(kind), [codec.content]: content ? bodiesOf(content) : NEW }),
      ),
    )
  }
  const alternatives = alternativesOf(codec)
  if (alternatives) return fc.oneof(...alternatives.map(bodiesOf))
  if (!(codec instanceof Struct)) return leafOf(codec)
  const optional = Object.keys(codec.optional)
  const fields = fc.record({ ...mapped(codec.required), ...mapped(codec.optional) })
  return fc.tuple(NEW, fields, fc.subarray(optional), fc.boolean()).map(([more, known, absent, reversed]) => {
    const present = Object.entries({ ...more, ...known }).filter(([field]) => !absent.includes(field))
    return Object.fromEntries(reversed ? present.reverse() : present)
  })
}

/** A field of a body with its path and codec. */
export interface Spot {
  readonly path: readonly string[]
  readonly codec: t.Mixed
  readonly required: boolean
}

/** Returns every field of a body that its codec checks. */
export const spotsOf = (codec: t.Mixed, body: unknown, path: readonly string[] = []): readonly Spot[] => {
  if (codec instanceof List && Array.isArray(body))
    return body.flatMap((each, place) => spotsOf(codec.item, each, [...path, String(place)]))
  if (codec instanceof TaggedUnion && isObject(body)) {
    const content = codec.listed[String(body[codec.tag])]
    return [...spotsOf(codec.common, body, path), ...(content ? spotsOf(content, body[codec.content], [...path, codec.content]) : [])]
  }
  if (!(codec instanceof Struct) || !isObject(body)) return []
  const spots = (fields: Readonly<Record<string, t.Mixed>>, required: boolean) =>
    Object.entries(fields)
      .filter(([field]) => Object.hasOwn(body, field))
      .flatMap(([field, each]) => [{ path: [...path, field], codec: each, required }, ...spotsOf(each, body[field], [...path, field])])
  return [...spots(codec.required, true), ...spots(codec.optional, false)]
}

/** Returns a copy of a body with another value at a path; `undefined` removes the field. */
export const withAt = (body: unknown, [step, ...rest]: readonly string[], value: unknown): unknown => {
  if (step === undefined) return value
  if (Array.isArray(body)) return body.map((each, place) => (String(place) === step ? withAt(each, rest, value) : each))
  if (!isObject(body)) return body
  const { [step]: given, ...others } = body
  const inside = withAt(given, rest, value)
  return inside === undefined ? others : { ...others, [step]: inside }
}
