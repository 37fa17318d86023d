import type { RetentionLimits } from '../journal.ts'
import { bytesOf, type Entry } from './entry.ts'

/** For which of the two reasons an event is kept, and since when it is not needed; undefined while something is pending. */
const restOf = ({ event, recordedAt, deliveries }: Entry): { readonly as: 'delivered' | 'dead'; readonly since: number } | undefined => {
  const all = [...deliveries.values()]
  if (all.some(({ state }) => state === 'pending')) return undefined
  const dead = all.filter(({ state }) => state === 'dead')
  if (dead.length > 0) return { as: 'dead', since: Math.max(...dead.map(({ endedAt }) => endedAt)) }
  const since = Math.max(recordedAt, ...all.map(({ endedAt }) => endedAt))
  return { as: event.status === 'quarantined' ? 'dead' : 'delivered', since }
}

/** What goes by age, and then, while more than `keep.bytes` would be left, what has been at rest for longest; nothing inside the window. */
export const prunable = (entries: readonly Entry[], keep: RetentionLimits, dedupeWindow: number, now: number): readonly Entry[] => {
  const resting = entries
    .flatMap((entry) => {
      const rest = restOf(entry)
      return rest && now - entry.recordedAt >= dedupeWindow ? [{ entry, ...rest }] : []
    })
    .sort((a, b) => a.since - b.since)
  const old = resting.filter(({ as, since }) => now - since >= keep[as])
  let excess = bytesOf(entries) - bytesOf(old.map(({ entry }) => entry)) - (keep.bytes ?? Number.POSITIVE_INFINITY)
  const surplus = resting.filter((each) => {
    if (excess <= 0 || each.as === 'dead' || old.includes(each)) return false
    excess -= each.entry.event.raw.byteLength
    return true
  })
  return [...old, ...surplus].map(({ entry }) => entry)
}
