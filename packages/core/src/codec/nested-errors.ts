import type * as t from 'io-ts'
import { MAX_ISSUES } from './errors.ts'

/** The context that parts are validated in. */
export const EMPTY_CONTEXT: t.Context = []

/**
 * Collects what a part of a value was refused for: below `entry`, below `context`. Parts are validated with an empty context, so
 * that nothing is built for the parts that are right; the path is put together here, for the few that are not.
 */
export const addNestedErrors = (errors: t.ValidationError[], context: t.Context, entry: t.ContextEntry, found: t.Errors): void => {
  for (const error of found) {
    if (errors.length >= MAX_ISSUES) return
    errors.push({ ...error, context: [...context, entry, ...error.context] })
  }
}
