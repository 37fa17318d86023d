import type * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'
import { List } from './list.ts'
import { type Fields, Struct } from './struct.ts'

const drawn = new WeakMap<t.Mixed, JsonObject>()

/** The same codec, which now tells as JSON Schema what it takes; its name is the description. */
export const withSchema = <C extends t.Mixed>(codec: C, schema: JsonObject): C => {
  drawn.set(codec, schema)
  return codec
}

/** The types of io-ts itself, by their tags. */
const plain: Readonly<Record<string, JsonObject>> = {
  StringType: { type: 'string' },
  BooleanType: { type: 'boolean' },
  NumberType: { type: 'number' },
}

const schemasOf = (fields: Fields): JsonObject => Object.fromEntries(Object.entries(fields).map(([name, codec]) => [name, schemaOf(codec)]))

/**
 * What a codec takes before it decodes, as JSON Schema (2020-12): structs and lists by their parts, every other codec as `withSchema`
 * was told. Throws a TypeError for one of which nothing is known.
 */
export const schemaOf = (codec: t.Mixed): JsonObject => {
  const own = drawn.get(codec)
  if (own) return { ...own, description: codec.name }
  if (codec instanceof Struct) {
    const { required, optional, open } = codec
    return {
      type: 'object',
      properties: { ...schemasOf(required), ...schemasOf(optional) },
      required: Object.keys(required),
      ...(!open && { additionalProperties: false }),
    }
  }
  if (codec instanceof List) return { type: 'array', items: schemaOf(codec.item) }
  const known = '_tag' in codec ? plain[String(codec._tag)] : undefined
  if (known) return known
  throw new TypeError(`no schema is known of ${codec.name}`)
}
