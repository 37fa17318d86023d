import * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'
import { Codec } from './codec.ts'
import { anyObject } from './json.ts'
import { addNestedErrors } from './nested-errors.ts'
import { type Fields, type Struct, struct } from './struct.ts'

// It does not exist at run time. A branded string would not narrow when it is compared.
declare enum Other {
  tag = 'none of the listed tags',
}
/** A tag that is not listed. Assign it to a `string` to compare it with another word. */
export type OtherTag = Other

/** The decoded type of a tagged union: a listed variant, or another tag with any object as content. */
export type TaggedUnionType<Tag extends string, Content extends string, Listed extends Fields> =
  | { [Name in keyof Listed]: { readonly [T in Tag | Content]: T extends Tag ? Name : t.TypeOf<Listed[Name]> } }[keyof Listed]
  | { readonly [T in Tag | Content]: T extends Tag ? OtherTag : JsonObject }
/** The type of a tagged union on the wire. */
export type TaggedUnionWire<Tag extends string, Content extends string, Listed extends Fields> =
  | { [Name in keyof Listed]: { readonly [T in Tag | Content]: T extends Tag ? Name : t.OutputOf<Listed[Name]> } }[keyof Listed]
  | { readonly [T in Tag | Content]: T extends Tag ? OtherTag : JsonObject }

/** The codec of an object whose tag names the type of its content. */
export class TaggedUnion<A, O> extends Codec<A, O> {
  readonly _tag = 'TaggedUnion'
  /** The codec of all variants: the tag is a text, the content an object. */
  readonly common: Struct<Fields, Fields>
  /** The name of the field with the tag. */
  readonly tag: string
  /** The name of the field with the content. */
  readonly content: string
  /** The codecs of the content, by listed tag. */
  readonly listed: Fields

  constructor(tag: string, content: string, listed: Fields) {
    const common = struct<Fields>({ [tag]: t.string, [content]: anyObject })
    const codecOf = (name: unknown): t.Mixed | undefined =>
      typeof name === 'string' && Object.hasOwn(listed, name) ? listed[name] : undefined

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
      // Tag and content have passed their codecs, which the compiler cannot see.
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
 * Declares an open union, such as the elements of a message. The field `tag` names the variant, the field `content` has its data.
 * `listed` has the codec of the content for each known tag. Another tag is accepted with any object as content.
 */
export const taggedUnion = <const Tag extends string, const Content extends string, K extends Fields>(
  tag: Tag,
  content: Content,
  listed: K,
): TaggedUnion<TaggedUnionType<Tag, Content, K>, TaggedUnionWire<Tag, Content, K>> => new TaggedUnion(tag, content, listed)
