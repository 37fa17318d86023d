import * as t from 'io-ts'
import { Codec } from './codec.ts'

// The tags are those of io-ts, so that tools treat these codecs and io-ts' own alike.
class StringCodec extends Codec<string> {
  readonly _tag = 'StringType'
}
class BooleanCodec extends Codec<boolean> {
  readonly _tag = 'BooleanType'
}

/** A text. */
export const string: Codec<string> = new StringCodec('string', t.string.is, t.string.validate, t.identity)

/** A boolean, as JSON writes it. The vendor's booleans that may also be words are `flag`. */
export const boolean: Codec<boolean> = new BooleanCodec('boolean', t.boolean.is, t.boolean.validate, t.identity)

/** The decoded type of a codec: `TypeOf<typeof Body>`. */
export type TypeOf<C extends t.Any> = t.TypeOf<C>
