import { List, Struct, TaggedUnion } from '@callboard/core'
import type * as t from 'io-ts'

/** A field of a codec. */
export interface Place {
  readonly codec: t.Mixed
  readonly presence: 'always' | 'optional'
}

const step = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`)

/** Returns the codecs of a union; undefined for any other codec. */
export const alternativesOf = (codec: t.Mixed): readonly t.Mixed[] | undefined =>
  '_tag' in codec && codec._tag === 'UnionType' && 'types' in codec && Array.isArray(codec.types) ? codec.types : undefined

const fieldsOf = (codec: t.Mixed): readonly (readonly [string, t.Mixed, Place['presence']])[] => {
  if (codec instanceof TaggedUnion) return fieldsOf(codec.common)
  // A reply may be a union of the vendor's fields and `except`. Only the former goes over the wire.
  const alternatives = alternativesOf(codec)
  if (alternatives) return alternatives.flatMap(fieldsOf)
  if (!(codec instanceof Struct)) return []
  return [
    ...Object.entries<t.Mixed>(codec.required).map(([field, each]) => [field, each, 'always'] as const),
    ...Object.entries<t.Mixed>(codec.optional).map(([field, each]) => [field, each, 'optional'] as const),
  ]
}

/** Returns every field of a codec by its path, as the catalogue writes it: `MsgBody[].MsgType`. */
export const placesOf = (codec: t.Mixed, path = ''): ReadonlyMap<string, Place> =>
  new Map(
    fieldsOf(codec).flatMap(([field, inner, presence]): [string, Place][] => {
      let at = step(path, field)
      let item = inner
      while (item instanceof List) {
        at += '[]'
        item = item.item
      }
      return [[at, { codec: inner, presence }], ...placesOf(item, at)]
    }),
  )
