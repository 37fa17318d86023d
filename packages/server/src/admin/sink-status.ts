import type { BlockedKey, JournalStats, SinkState, SinkStats } from '@callboard/core'
import type { SinkStatus } from './admin-api.ts'

/** A configured sink. Its state is absent if no server runs. */
export type KnownSink = Pick<SinkState, 'name' | 'kind'> & Partial<SinkState>

/** The largest number of blocked keys in the status of one sink. */
export const MAX_BLOCKED_KEYS = 10

const NO_DELIVERIES: SinkStats = { pending: 0, leased: 0, delivered: 0, dead: 0, discarded: 0, delayed: 0 }

const toIso = (ms: number): string => new Date(ms).toISOString()

/** Returns the health of a sink. Without a server, the journal knows only whether the sink is paused. */
const healthOf = (
  known: KnownSink | undefined,
  { paused }: SinkStats,
): Pick<SinkStatus, 'health' | 'reason' | 'retryInMs' | 'pausedSince'> => {
  if (!known) return { health: 'unconfigured' }
  const { health, reason, retryInMs, pausedSince } = known
  if (!health) return paused ? { health: 'paused', reason: paused.reason, pausedSince: toIso(paused.since) } : { health: 'unknown' }
  return {
    health,
    ...(reason !== undefined && { reason }),
    ...(retryInMs !== undefined && { retryInMs: Math.round(retryInMs) }),
    ...(pausedSince !== undefined && { pausedSince: toIso(pausedSince) }),
  }
}

const statusOf = (name: string, known: KnownSink | undefined, stats: SinkStats, blocked: readonly BlockedKey[]): SinkStatus => ({
  name,
  kind: known ? known.kind : null,
  ...healthOf(known, stats),
  pending: stats.pending,
  delayed: stats.delayed,
  inFlight: known?.inFlight ?? stats.leased,
  delivered: stats.delivered,
  dead: stats.dead,
  discarded: stats.discarded,
  oldestPending: stats.oldestPending === undefined ? null : toIso(stats.oldestPending),
  blocked: blocked.map(({ dueAt, ...each }) => ({ ...each, dueAt: toIso(dueAt) })),
})

/** Returns the configured sinks in their order, then the sinks that only the journal knows and that still have deliveries. */
export const sinkStatuses = async (
  configured: readonly KnownSink[],
  { sinks }: Pick<JournalStats, 'sinks'>,
  blockedKeysOf: (sink: string) => Promise<readonly BlockedKey[]> | readonly BlockedKey[],
): Promise<readonly SinkStatus[]> => {
  const names = new Set([...configured.map(({ name }) => name), ...Object.keys(sinks)])
  const statuses: SinkStatus[] = []
  for (const name of names) {
    const known = configured.find((each) => each.name === name)
    const stats = sinks[name] ?? NO_DELIVERIES
    const isForgotten = !known && stats.pending + stats.dead === 0
    if (!isForgotten) statuses.push(statusOf(name, known, stats, stats.delayed > 0 ? await blockedKeysOf(name) : []))
  }
  return statuses
}
