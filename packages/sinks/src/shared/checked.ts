import { type Fields, Struct, type StructType } from '@callboard/core'
import * as t from 'io-ts'

/** Options whose fields have to do with each other: a strict struct, and what there is to object to where every field is right. */
export class Checked<R extends Fields, O extends Fields> extends Struct<R, O> {
  override readonly validate: t.Validate<unknown, StructType<R, O>>

  constructor({ required, optional }: Struct<R, O>, objection: (options: StructType<R, O>) => string | undefined) {
    super(required, optional, false)
    const fields = new Struct(required, optional, false)
    this.validate = (value, context) => {
      const checked = fields.validate(value, context)
      if (checked._tag === 'Left') return checked
      const why = objection(checked.right)
      return why === undefined ? checked : t.failure(value, context, why)
    }
  }
}
