import { MAX_IDS } from '../../admin/admin-api.ts'
import { OperatorError } from '../../util/operator-error.ts'

/** The flags that select dead deliveries and quarantined events. Times in milliseconds since the Unix epoch. */
export interface DeadFlags {
  readonly id?: readonly string[]
  readonly sink?: string
  readonly command?: string
  readonly app?: number
  readonly key?: string
  readonly since?: number
  readonly until?: number
  /** A part of the delivery's error. */
  readonly reason?: string
  /** Only quarantined events. */
  readonly quarantined?: boolean
  readonly limit?: number
  readonly json?: boolean
}

/** The part of a selection that applies to deliveries and to quarantined events. Times in milliseconds since the Unix epoch. */
export interface Selection {
  readonly ids?: readonly string[]
  readonly command?: string
  readonly app?: number
  readonly since?: number
  readonly until?: number
}

/** Returns the selection of the flags and of `ids`, the arguments of the command. Throws an OperatorError for too many ids. */
export const selectionFrom = ({ id = [], command, app, since, until }: DeadFlags, ids: readonly string[]): Selection => {
  const all = [...new Set([...ids, ...id])]
  if (all.length > MAX_IDS)
    throw new OperatorError('usage', `too many ids: got ${all.length}, at most ${MAX_IDS}; select with --since or --command instead`)
  return {
    ...(all.length > 0 && { ids: all }),
    ...(command !== undefined && { command }),
    ...(app !== undefined && { app }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
}

/** Do the flags select deliveries only? A quarantined event has no sink, key or delivery error. */
export const selectsDeliveries = ({ sink, key, reason }: DeadFlags): boolean =>
  sink !== undefined || key !== undefined || reason !== undefined

/** Does the command line select anything? */
export const hasSelection = (flags: DeadFlags, ids: readonly string[]): boolean =>
  selectsDeliveries(flags) || flags.quarantined === true || Object.keys(selectionFrom(flags, ids)).length > 0
