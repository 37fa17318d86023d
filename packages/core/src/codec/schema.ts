import type * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'
import type { List } from './list.ts'
import type { Fields, Struct } from './struct.ts'

const drawn = new WeakMap<t.Mixed, JsonObject>()

/** Attaches a JSON Schema to a codec and returns the codec. Its name becomes the description. */
export const withSchema = <C extends t.Mixed>(codec: C, schema: JsonObject): C => {
  drawn.set(codec, schema)
  return codec
}

// By tag and not by `instanceof`: a codec may come from another copy of this package.
const isStruct = (codec: t.Mixed): codec is Struct<Fields, Fields> => '_tag' in codec && codec._tag === 'Struct'
const isList = (codec: t.Mixed): codec is List<t.Mixed> => '_tag' in codec && codec._tag === 'List'

/** The types of io-ts itself, by their tags. */
const plain: Readonly<Record<string, JsonObject>> = {
  StringType: { type: 'string' },
  BooleanType: { type: 'boolean' },
  NumberType: { type: 'number' },
}

const schemasOf = (fields: Fields): JsonObject => Object.fromEntries(Object.entries(fields).map(([name, codec]) => [name, schemaOf(codec)]))

/**
 * Returns the JSON Schema (2020-12) of what a codec accepts. Structs and lists are described by their parts, every other codec by
 * `withSchema`. Throws a TypeError for a codec without a schema.
 */
export const schemaOf = (codec: t.Mixed): JsonObject => {
  const own = drawn.get(codec)
  if (own) return { ...own, description: codec.name }
  if (isStruct(codec)) {
    const { required, optional, open } = codec
    return {
      type: 'object',
      properties: { ...schemasOf(required), ...schemasOf(optional) },
      required: Object.keys(required),
      ...(!open && { additionalProperties: false }),
    }
  }
  if (isList(codec)) return { type: 'array', items: schemaOf(codec.item) }
  const known = '_tag' in codec ? plain[String(codec._tag)] : undefined
  if (known) return known
  throw new TypeError(`no JSON Schema for the codec ${codec.name}: attach one with withSchema`)
}
