import { sanitize } from '@callboard/core'

/** What a command came to. */
export interface DeadSummary {
  readonly verb: 'replay' | 'discard'
  readonly dryRun: boolean
  /** Deliveries that were changed, by sink. */
  readonly sinks: Readonly<Record<string, number>>
  /** Left alone because a sink may be receiving them. */
  readonly busy: number
  /** Quarantined events that were accepted, and those that still do not fit. */
  readonly reprocessed: number
  readonly refused: number
}

/** How many deliveries were changed. */
export const replayed = ({ sinks }: Pick<DeadSummary, 'sinks'>): number => Object.values(sinks).reduce((sum, count) => sum + count, 0)

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`

const verbs = {
  replay: { done: 'replayed', would: 'would replay' },
  discard: { done: 'discarded', would: 'would discard' },
} as const

/** What a command came to, in a line for people. */
export const formatSummary = (done: DeadSummary): string => {
  const { verb, dryRun, sinks, busy, reprocessed, refused } = done
  const count = replayed(done)
  const each = Object.entries(sinks).map(([name, number]) => `${name} ${number}`)
  const parts = [
    ...(count > 0 ? [`${verbs[verb][dryRun ? 'would' : 'done']} ${many(count, 'delivery', 'deliveries')} (${each.join(', ')})`] : []),
    ...(reprocessed > 0 ? [`${dryRun ? 'would accept' : 'accepted'} ${many(reprocessed, 'quarantined event', 'quarantined events')}`] : []),
    ...(refused > 0
      ? [many(refused, 'quarantined event still does not fit, and stays', 'quarantined events still do not fit, and stay')]
      : []),
    ...(busy > 0 ? [`${many(busy, 'delivery is', 'deliveries are')} under way, and left alone`] : []),
  ]
  return sanitize(parts.length === 0 ? `nothing to ${verb} matches` : parts.join('; '))
}

/** The same for programs. */
export const jsonOf = (done: DeadSummary): string => {
  const { verb, dryRun, sinks, busy, reprocessed, refused } = done
  const count = replayed(done)
  return JSON.stringify({ ...(verb === 'replay' ? { replayed: count, reprocessed, refused } : { discarded: count }), sinks, busy, dryRun })
}
