import type { BlockedKey, JournalStats, SinkState, SinkStats } from '@callboard/core'
import type { SinkStatus } from './told.ts'

/** A sink as far as it is known: a running one tells how it is doing. */
export type KnownSink = Pick<SinkState, 'name' | 'kind'> & Partial<SinkState>

/** So many blocked keys are shown of each sink. */
export const MAX_BLOCKED_KEYS = 10

const NO_DELIVERIES: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

const iso = (moment: number): string => new Date(moment).toISOString()

const row = (name: string, seen: KnownSink | undefined, stats: SinkStats, blocked: readonly BlockedKey[]): SinkStatus => ({
  name,
  kind: seen ? seen.kind : null,
  health: seen ? (seen.health ?? 'unknown') : 'unconfigured',
  ...(seen?.reason !== undefined && { reason: seen.reason }),
  ...(seen?.retryInMs !== undefined && { retryInMs: Math.round(seen.retryInMs) }),
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
export const sinkStatuses = async (
  configured: readonly KnownSink[],
  { sinks }: Pick<JournalStats, 'sinks'>,
  blockedOf: (sink: string) => Promise<readonly BlockedKey[]> | readonly BlockedKey[],
): Promise<readonly SinkStatus[]> => {
  const names = new Set([...configured.map(({ name }) => name), ...Object.keys(sinks)])
  const rows: SinkStatus[] = []
  for (const name of names) {
    const seen = configured.find((each) => each.name === name)
    const stats = sinks[name] ?? NO_DELIVERIES
    const isForgotten = !seen && stats.pending + stats.dead === 0
    if (!isForgotten) rows.push(row(name, seen, stats, stats.delayed > 0 ? await blockedOf(name) : []))
  }
  return rows
}
