import { MAX_IDS } from '../../admin/asked.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { momentOf } from '../shared/parse-time.ts'

/** What the command line says about which dead deliveries and quarantined events. */
export interface DeadFlags {
  readonly id?: readonly string[]
  readonly sink?: string
  readonly command?: string
  readonly app?: number
  readonly key?: string
  readonly since?: string
  readonly until?: string
  readonly reason?: string
  /** Only quarantined events. */
  readonly quarantined?: boolean
  readonly limit?: number
  readonly json?: boolean
}

/** Which events are meant; times in milliseconds since the Unix epoch. */
export interface Selection {
  readonly ids?: readonly string[]
  readonly command?: string
  readonly app?: number
  readonly since?: number
  readonly until?: number
}

/** Which events are meant, dead or quarantined. `ids` are those without an option's name. */
export const selectionFrom = ({ id = [], command, app, since, until }: DeadFlags, ids: readonly string[]): Selection => {
  const all = [...new Set([...ids, ...id])]
  if (all.length > MAX_IDS) throw new OperatorError('usage', `at most ${MAX_IDS} ids at a time; --since, --command and the like name more`)
  return {
    ...(all.length > 0 && { ids: all }),
    ...(command !== undefined && { command }),
    ...(app !== undefined && { app }),
    ...(since !== undefined && { since: momentOf(since, Date.now()) }),
    ...(until !== undefined && { until: momentOf(until, Date.now()) }),
  }
}

/** Sink, key and reason are a delivery's: a quarantined event has none of them. */
export const selectsDeliveries = ({ sink, key, reason }: DeadFlags): boolean =>
  sink !== undefined || key !== undefined || reason !== undefined

/** Does the command line say anything about which? */
export const hasSelection = (flags: DeadFlags, ids: readonly string[]): boolean =>
  selectsDeliveries(flags) || flags.quarantined === true || Object.keys(selectionFrom(flags, ids)).length > 0
