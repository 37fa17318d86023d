import type { RetentionLimits } from '../journal.ts'
import { bytesOf, type Entry } from './entry.ts'
import type { MemorySink } from './sink.ts'

type SinkOf = (name: string) => MemorySink

/** Returns which limit applies to a finished event, and since when it is finished. Undefined while a delivery is pending. */
const finishedOf = (entry: Entry, sinkOf: SinkOf): { readonly limit: 'delivered' | 'dead'; readonly since: number } | undefined => {
  const sinks = entry.sinks.map(sinkOf)
  if (sinks.some((sink) => sink.record(entry).state === 'pending')) return undefined
  const dead = sinks.flatMap((sink) => sink.deadSince(entry) ?? [])
  if (dead.length > 0) return { limit: 'dead', since: Math.max(...dead) }
  return { limit: entry.event.status === 'quarantined' ? 'dead' : 'delivered', since: entry.endedAt }
}

/**
 * Returns the events to remove: first by age, then the longest finished ones while the bodies exceed `limits.bytes`. Events within the
 * dedupe window are kept.
 */
export const prunable = (
  entries: readonly Entry[],
  sinkOf: SinkOf,
  limits: RetentionLimits,
  dedupeWindow: number,
  now: number,
): readonly Entry[] => {
  const finished = entries
    .flatMap((entry) => {
      const finishedEntry = finishedOf(entry, sinkOf)
      return finishedEntry && now - entry.recordedAt >= dedupeWindow ? [{ entry, ...finishedEntry }] : []
    })
    .sort((a, b) => a.since - b.since)
  const old = finished.filter(({ limit, since }) => now - since >= limits[limit])
  let excess = bytesOf(entries) - bytesOf(old.map(({ entry }) => entry)) - (limits.bytes ?? Number.POSITIVE_INFINITY)
  const surplus = finished.filter((each) => {
    if (excess <= 0 || each.limit === 'dead' || old.includes(each)) return false
    excess -= each.entry.event.raw.byteLength
    return true
  })
  return [...old, ...surplus].map(({ entry }) => entry)
}
