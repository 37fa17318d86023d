import type * as t from 'io-ts'
import { MAX_ISSUES } from './errors.ts'

/** The context for validating parts. */
export const EMPTY_CONTEXT: t.Context = []

/**
 * Adds the errors of a part to `errors`, with their full path. Parts are validated with an empty context, so that valid parts cost
 * nothing. The path of an invalid part is completed here.
 */
export const addNestedErrors = (errors: t.ValidationError[], context: t.Context, entry: t.ContextEntry, found: t.Errors): void => {
  for (const error of found) {
    if (errors.length >= MAX_ISSUES) return
    errors.push({ ...error, context: [...context, entry, ...error.context] })
  }
}
