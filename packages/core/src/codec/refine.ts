import * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'
import { Codec } from './codec.ts'
import { schemaOf, withSchema } from './schema.ts'
import { type Fields, Struct, type StructType } from './struct.ts'

/**
 * Returns a codec that accepts a value if `base` accepts it and `test` returns true. `name` describes the expected value, such as `a port from 0 to 65535`.
 * `schema` is added to the JSON Schema of `base`. It expresses the test as far as JSON Schema can.
 */
export const refine = <A, O>(
  base: t.Type<A, O, unknown>,
  name: string,
  test: (value: A) => boolean,
  schema: JsonObject = {},
): Codec<A, O> =>
  withSchema(
    new Codec<A, O>(
      name,
      (value): value is A => base.is(value) && test(value),
      (value, context) => {
        const decoded = base.validate(value, context)
        return decoded._tag === 'Right' && test(decoded.right) ? decoded : t.failure(value, context)
      },
      (value) => base.encode(value),
    ),
    { ...schemaOf(base), ...schema },
  )

class RefinedStruct<R extends Fields, O extends Fields> extends Struct<R, O> {
  override readonly validate: t.Validate<unknown, StructType<R, O>>

  constructor(base: Struct<R, O>, explain: (value: StructType<R, O>) => string | undefined) {
    super(base.required, base.optional, base.open)
    this.validate = (value, context) => {
      const decoded = base.validate(value, context)
      if (decoded._tag === 'Left') return decoded
      const message = explain(decoded.right)
      return message === undefined ? decoded : t.failure(value, context, message)
    }
  }
}

/**
 * Returns a struct whose fields depend on each other. `explain` runs once every field is valid. It returns what is wrong with their
 * combination, or undefined.
 */
export const refineStruct = <R extends Fields, O extends Fields>(
  base: Struct<R, O>,
  explain: (value: StructType<R, O>) => string | undefined,
): Struct<R, O> => new RefinedStruct(base, explain)
