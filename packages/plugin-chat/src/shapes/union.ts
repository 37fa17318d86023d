import { Codec } from '@callboard/core'

class Union<A, O, B, P> extends Codec<A | B, O | P> {
  // Tag and field are those of io-ts, so that tools walk both unions alike.
  readonly _tag = 'UnionType'
  readonly types: readonly [Codec<A, O>, Codec<B, P>]

  constructor(first: Codec<A, O>, second: Codec<B, P>) {
    super(
      `${first.name} or ${second.name}`,
      (value): value is A | B => first.is(value) || second.is(value),
      (value, context) => {
        const decoded = first.validate(value, context)
        return decoded._tag === 'Right' ? decoded : second.validate(value, context)
      },
      (value) => (first.is(value) ? first.encode(value) : second.is(value) ? second.encode(value) : value),
    )
    this.types = [first, second]
  }
}

/** Accepts what either codec accepts; the first that accepts a value decodes it. Errors are those of the second. */
export const union = <A, O, B, P>(first: Codec<A, O>, second: Codec<B, P>): Codec<A | B, O | P> => new Union(first, second)
