import * as t from 'io-ts'
import { isObject } from '../json/json.ts'
import { Codec } from './codec.ts'
import { MAX_ISSUES } from './errors.ts'
import { addNestedErrors, EMPTY_CONTEXT } from './nested-errors.ts'

/** The codecs of an object's fields, by name. */
export type Fields = { readonly [field: string]: t.Mixed }

type Flat<T> = { readonly [K in keyof T]: T[K] } & {}
/** The decoded type of a struct. */
export type StructType<R extends Fields, O extends Fields> = Flat<{ [K in keyof R]: t.TypeOf<R[K]> } & { [K in keyof O]?: t.TypeOf<O[K]> }>
/** The type of a struct on the wire. */
export type StructWire<R extends Fields, O extends Fields> = Flat<
  { [K in keyof R]: t.OutputOf<R[K]> } & { [K in keyof O]?: t.OutputOf<O[K]> }
>

type Loose = Readonly<Record<string, unknown>>

/** Applies `change` to each own field. Returns the same object when no field changes. */
const mapFields = (value: Loose, change: (field: string, given: unknown) => unknown): Loose => {
  let changed: Record<string, unknown> | undefined
  for (const field of Object.keys(value)) {
    const given = value[field]
    const result = change(field, given)
    if (result === given) continue
    changed ??= { ...value }
    changed[field] = result
  }
  return changed ?? value
}

/** The codec of an object. `required` and `optional` are the codecs of its fields. */
export class Struct<R extends Fields, O extends Fields> extends Codec<StructType<R, O>, StructWire<R, O>> {
  readonly _tag = 'Struct'
  readonly required: R
  readonly optional: O
  /** True: unknown fields are kept. False: they are refused, as in a configuration. */
  readonly open: boolean

  constructor(required: R, optional: O, open: boolean) {
    const codecs = new Map<string, t.Mixed>([...Object.entries(required), ...Object.entries(optional)])
    const fields = [...codecs].map(([field, codec]) => ({ field, codec, isOptional: Object.hasOwn(optional, field) }))

    const is = (value: unknown): value is StructType<R, O> =>
      isObject(value) &&
      fields.every(({ field, codec, isOptional }) => {
        const given = Object.hasOwn(value, field) ? value[field] : undefined
        return given === undefined ? isOptional || codec.is(undefined) : codec.is(given)
      }) &&
      (open || Object.keys(value).every((field) => codecs.has(field)))

    const validate: t.Validate<unknown, StructType<R, O>> = (value, context) => {
      if (!isObject(value)) return t.failure(value, context)
      const errors: t.ValidationError[] = []
      let decoded: Record<string, unknown> | undefined
      for (const { field, codec, isOptional } of fields) {
        const given = Object.hasOwn(value, field) ? value[field] : undefined
        if (given === undefined && isOptional) continue
        const result = codec.validate(given, EMPTY_CONTEXT)
        if (result._tag === 'Left') addNestedErrors(errors, context, { key: field, type: codec, actual: given }, result.left)
        else if (result.right !== given) {
          decoded ??= { ...value }
          decoded[field] = result.right
        }
        if (errors.length >= MAX_ISSUES) break
      }
      if (!open) {
        for (const field of Object.keys(value)) {
          if (codecs.has(field)) continue
          addNestedErrors(errors, context, { key: field, type: t.unknown, actual: value[field] }, [
            { value: value[field], context: [], message: UNKNOWN_FIELD },
          ])
        }
      }
      if (errors.length > 0) return t.failures(errors)
      const result: unknown = decoded ?? value
      // Every field has passed its codec, which the compiler cannot see.
      return t.success(result as StructType<R, O>)
    }

    const encode = (value: StructType<R, O>): StructWire<R, O> =>
      mapFields(value, (field, given) => (given === undefined ? given : (codecs.get(field)?.encode(given) ?? given))) as StructWire<R, O>

    super('an object', is, validate, encode)
    this.required = required
    this.optional = optional
    this.open = open
  }
}

/** The message about an unknown field of a `strictStruct`. */
export const UNKNOWN_FIELD = 'unknown key'

/** Declares an object of the vendor with required and optional fields. Unknown fields are kept. */
export const struct = <R extends Fields, O extends Fields = Record<never, never>>(required: R, optional?: O): Struct<R, O> =>
  new Struct(required, optional ?? emptyFields<O>(), true)

/** Declares an object of ours, such as the options of a sink. An unknown field is an error. */
export const strictStruct = <R extends Fields, O extends Fields = Record<never, never>>(required: R, optional?: O): Struct<R, O> =>
  new Struct(required, optional ?? emptyFields<O>(), false)

const emptyFields = <O extends Fields>(): O => ({}) as O
