import * as t from 'io-ts'
import { MOST_REASONS } from './reasons.ts'
import { under } from './under.ts'

/** A list whose errors are bounded; `item` lets tools walk it. */
export class List<C extends t.Mixed> extends t.Type<readonly t.TypeOf<C>[], readonly t.OutputOf<C>[], unknown> {
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
        const decoded: t.TypeOf<C>[] = []
        for (const [index, element] of given.entries()) {
          const result = item.validate(element, [])
          if (result._tag === 'Right') decoded.push(result.right)
          else {
            under(errors, context, { key: String(index), type: item, actual: element }, result.left)
            if (errors.length >= MOST_REASONS) break
          }
        }
        return errors.length > 0 ? t.failures(errors) : t.success(decoded)
      },
      (elements) => elements.map((element) => item.encode(element)),
    )
    this.item = item
  }
}

/** A list of these. A hostile list costs no more than a few errors: it stops at the eighth. */
export const list = <C extends t.Mixed>(item: C): List<C> => new List(item)
