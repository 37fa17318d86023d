import type { RetentionLimits } from '../journal.ts'
import { bytesOf, type Entry } from './entry.ts'

/** Returns which limit applies to a finished event, and since when it is finished. Undefined while a delivery is pending. */
const finishedOf = ({
  event,
  recordedAt,
  deliveries,
}: Entry): { readonly limit: 'delivered' | 'dead'; readonly since: number } | undefined => {
  const all = [...deliveries.values()]
  if (all.some(({ state }) => state === 'pending')) return undefined
  const dead = all.filter(({ state }) => state === 'dead')
  if (dead.length > 0) return { limit: 'dead', since: Math.max(...dead.map(({ endedAt }) => endedAt)) }
  const since = Math.max(recordedAt, ...all.map(({ endedAt }) => endedAt))
  return { limit: event.status === 'quarantined' ? 'dead' : 'delivered', since }
}

/**
 * Returns the events to remove: first by age, then the longest finished ones while the bodies exceed `limits.bytes`. Events within the
 * dedupe window are kept.
 */
export const prunable = (entries: readonly Entry[], limits: RetentionLimits, dedupeWindow: number, now: number): readonly Entry[] => {
  const finished = entries
    .flatMap((entry) => {
      const finishedEntry = finishedOf(entry)
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
