import * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'
import { Codec } from './codec.ts'
import { anyObject } from './json.ts'
import { addNestedErrors } from './nested-errors.ts'
import { type Fields, type Struct, struct } from './struct.ts'

// Nothing of it exists at run time. A text with a mark (`string & { … }`) would say the same, but comparing it does not narrow.
declare enum AnyOther {
  word = 'none of the listed ones',
}
/** A text that is none of the listed words; to compare it with another one, take it for a `string` first. */
export type OtherTag = AnyOther

/** What `kinds` decodes to: one of the listed kinds, or another with whatever content. */
export type TaggedUnionType<Tag extends string, Content extends string, Kinds extends Fields> =
  | { [Kind in keyof Kinds]: { readonly [T in Tag | Content]: T extends Tag ? Kind : t.TypeOf<Kinds[Kind]> } }[keyof Kinds]
  | { readonly [T in Tag | Content]: T extends Tag ? OtherTag : JsonObject }
/** What `kinds` is on the wire. */
export type TaggedUnionWire<Tag extends string, Content extends string, Kinds extends Fields> =
  | { [Kind in keyof Kinds]: { readonly [T in Tag | Content]: T extends Tag ? Kind : t.OutputOf<Kinds[Kind]> } }[keyof Kinds]
  | { readonly [T in Tag | Content]: T extends Tag ? OtherTag : JsonObject }

/** An object whose content is of the kind that its tag names; `common`, `tag`, `content` and `listed` let tools walk it. */
export class TaggedUnion<A, O> extends Codec<A, O> {
  readonly _tag = 'Kinds'
  /** What all kinds have in common: the tag is a text, the content an object. */
  readonly common: Struct<Fields, Fields>
  /** The field that says which kind it is. */
  readonly tag: string
  /** The field whose shape depends on the kind. */
  readonly content: string
  /** The kinds that somebody listed, each with the codec of its content. */
  readonly listed: Fields

  constructor(tag: string, content: string, listed: Fields) {
    const common = struct<Fields>({ [tag]: t.string, [content]: anyObject })
    const codecOf = (kind: unknown): t.Mixed | undefined =>
      typeof kind === 'string' && Object.hasOwn(listed, kind) ? listed[kind] : undefined

    const is = (value: unknown): value is A => common.is(value) && (codecOf(value[tag])?.is(value[content]) ?? true)

    const validate: t.Validate<unknown, A> = (value, context) => {
      const decoded = common.validate(value, context)
      if (decoded._tag === 'Left') return decoded
      const given = decoded.right[content]
      const codec = codecOf(decoded.right[tag])
      const result = codec?.validate(given, []) ?? t.success(given)
      if (result._tag === 'Left') {
        const errors: t.ValidationError[] = []
        addNestedErrors(errors, context, { key: content, type: codec ?? anyObject, actual: given }, result.left)
        return t.failures(errors)
      }
      const all: unknown = result.right === given ? value : { ...decoded.right, [content]: result.right }
      // Tag and content have just passed their codecs; the compiler cannot follow that through the table.
      return t.success(all as A)
    }

    const encode = (value: A): O => {
      const known: unknown = value
      if (!common.is(known)) return known as O
      const codec = codecOf(known[tag])
      return (codec ? { ...known, [content]: codec.encode(known[content]) } : known) as O
    }

    super('an object', is, validate, encode)
    this.common = common
    this.tag = tag
    this.content = content
    this.listed = listed
  }
}

/**
 * An open set of kinds, such as the elements of a message: the field `tag` says which kind it is, and the field `content` is of that
 * kind. A kind that is not listed passes with whatever object its content is.
 */
export const taggedUnion = <const Tag extends string, const Content extends string, K extends Fields>(
  tag: Tag,
  content: Content,
  listed: K,
): TaggedUnion<TaggedUnionType<Tag, Content, K>, TaggedUnionWire<Tag, Content, K>> => new TaggedUnion(tag, content, listed)
