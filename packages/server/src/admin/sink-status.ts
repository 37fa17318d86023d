import type { Blocked, SinkState, SinkStats, Stats } from '@callboard/core'
import type { SinkTold } from './told.ts'

/** A sink as far as it is known: a running one tells how it is doing. */
export type Seen = Pick<SinkState, 'name' | 'kind'> & Partial<SinkState>

/** So many blocked keys are shown of each sink. */
export const MOST_BLOCKED = 10

const NOTHING: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

const iso = (moment: number): string => new Date(moment).toISOString()

const row = (name: string, seen: Seen | undefined, stats: SinkStats, blocked: readonly Blocked[]): SinkTold => ({
  name,
  kind: seen ? seen.kind : null,
  health: seen ? (seen.is ?? 'unknown') : 'unconfigured',
  ...(seen?.why !== undefined && { why: seen.why }),
  ...(seen?.after !== undefined && { after: Math.round(seen.after) }),
  pending: stats.pending,
  delayed: stats.delayed,
  inFlight: seen?.inFlight ?? stats.leased,
  delivered: stats.delivered,
  dead: stats.dead,
  discarded: stats.discarded,
  oldestPending: stats.oldestPending === undefined ? null : iso(stats.oldestPending),
  blocked: blocked.map(({ dueAt, ...each }) => ({ ...each, dueAt: iso(dueAt) })),
})

/** The sinks that are configured, in their order, and then those that only the journal still knows. */
export const overview = async (
  configured: readonly Seen[],
  { sinks }: Pick<Stats, 'sinks'>,
  blockedOf: (sink: string) => Promise<readonly Blocked[]> | readonly Blocked[],
): Promise<readonly SinkTold[]> => {
  const names = new Set([...configured.map(({ name }) => name), ...Object.keys(sinks)])
  const rows: SinkTold[] = []
  for (const name of names) {
    const seen = configured.find((each) => each.name === name)
    const stats = sinks[name] ?? NOTHING
    const isForgotten = !seen && stats.pending + stats.dead === 0
    if (!isForgotten) rows.push(row(name, seen, stats, stats.delayed > 0 ? await blockedOf(name) : []))
  }
  return rows
}
