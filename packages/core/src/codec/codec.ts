import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as t from 'io-ts'
import { toIssues } from './errors.ts'

/** Returns the Standard Schema properties of a codec. The input is the wire form, the output the decoded value. */
export const standardSchemaOf = <A, O>(codec: t.Type<A, O, unknown>): StandardSchemaV1.Props<O, A> => ({
  version: 1,
  vendor: 'callboard',
  validate: (value) => {
    const decoded = codec.decode(value)
    return decoded._tag === 'Left' ? { issues: toIssues(decoded.left) } : { value: decoded.right }
  },
})

/**
 * An io-ts codec that is also a Standard Schema (https://standardschema.dev). `A` is the decoded type, `O` the type on the wire.
 * Every codec of this package is one.
 */
export class Codec<A, O = A> extends t.Type<A, O, unknown> implements StandardSchemaV1<O, A> {
  /** Lets any library that accepts Standard Schemas validate with this codec. */
  get '~standard'(): StandardSchemaV1.Props<O, A> {
    return standardSchemaOf(this)
  }
}
