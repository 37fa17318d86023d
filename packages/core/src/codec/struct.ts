import * as t from 'io-ts'
import { isObject } from '../json/json.ts'
import { Codec } from './codec.ts'
import { MAX_ISSUES } from './errors.ts'
import { addNestedErrors, EMPTY_CONTEXT } from './nested-errors.ts'

/** Fields by name, each with its codec. */
export type Fields = { readonly [field: string]: t.Mixed }

type Flat<T> = { readonly [K in keyof T]: T[K] } & {}
/** What a struct decodes to. */
export type StructType<R extends Fields, O extends Fields> = Flat<{ [K in keyof R]: t.TypeOf<R[K]> } & { [K in keyof O]?: t.TypeOf<O[K]> }>
/** What a struct is on the wire. */
export type StructWire<R extends Fields, O extends Fields> = Flat<
  { [K in keyof R]: t.OutputOf<R[K]> } & { [K in keyof O]?: t.OutputOf<O[K]> }
>

type Loose = Readonly<Record<string, unknown>>

/** The object with each field passed through `change`; the very same object where nothing changed. Own fields only, `__proto__`-safe. */
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

/** An object with required and optional fields; `required`, `optional` and `open` let tools walk it. */
export class Struct<R extends Fields, O extends Fields> extends Codec<StructType<R, O>, StructWire<R, O>> {
  readonly _tag = 'Struct'
  readonly required: R
  readonly optional: O
  /** Unknown fields pass and are kept. False: they are refused, as in a configuration. */
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
      // Every field has just passed its codec; the compiler cannot follow that through the map.
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

/** The message of a field that a closed struct does not know. */
export const UNKNOWN_FIELD = 'unknown key'

/** An object of the vendor's: required fields, then optional ones; fields that nobody listed pass and are kept. */
export const struct = <R extends Fields, O extends Fields = Record<never, never>>(required: R, optional?: O): Struct<R, O> =>
  new Struct(required, optional ?? emptyFields<O>(), true)

/** An object of ours, such as the options of a sink: a field that is not listed is an error. */
export const strictStruct = <R extends Fields, O extends Fields = Record<never, never>>(required: R, optional?: O): Struct<R, O> =>
  new Struct(required, optional ?? emptyFields<O>(), false)

const emptyFields = <O extends Fields>(): O => ({}) as O
