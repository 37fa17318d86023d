import * as t from 'io-ts'
import { Codec } from './codec.ts'
import { MAX_ISSUES } from './errors.ts'
import { addNestedErrors, EMPTY_CONTEXT } from './nested-errors.ts'

/** The codec of a list. `item` is the codec of its elements. */
export class List<C extends t.Mixed> extends Codec<readonly t.TypeOf<C>[], readonly t.OutputOf<C>[]> {
  readonly _tag = 'List'
  readonly item: C

  constructor(item: C) {
    super(
      'a list',
      (value): value is readonly t.TypeOf<C>[] => Array.isArray(value) && value.every((element) => item.is(element)),
      (value, context) => {
        if (!Array.isArray(value)) return t.failure(value, context)
        const given: readonly unknown[] = value
        const errors: t.ValidationError[] = []
        // The same list is returned when no element changes.
        let decoded: t.TypeOf<C>[] = value
        for (let index = 0; index < given.length && errors.length < MAX_ISSUES; index += 1) {
          const element = given[index]
          const result = item.validate(element, EMPTY_CONTEXT)
          if (result._tag === 'Left') addNestedErrors(errors, context, { key: String(index), type: item, actual: element }, result.left)
          else if (result.right !== element) {
            if (decoded === value) decoded = [...value]
            decoded[index] = result.right
          }
        }
        return errors.length > 0 ? t.failures(errors) : t.success(decoded)
      },
      (elements) => elements.map((element) => item.encode(element)),
    )
    this.item = item
  }
}

/** Declares a list. Decoding stops at the eighth issue. */
export const list = <C extends t.Mixed>(item: C): List<C> => new List(item)
