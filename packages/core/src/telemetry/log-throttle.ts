import type { Clock } from '../util/clock.ts'

// A flood of refused requests must not become a flood of lines.
const THROTTLE_MS = 10_000

/** Writes the first of a kind at once, the others as a number, once every ten seconds. */
export type LogThrottle = (kind: string, write: (others: number) => void) => void

export const createLogThrottle = (clock: Clock): LogThrottle => {
  const muted = new Map<string, { until: number; count: number }>()
  return (kind, write) => {
    const known = muted.get(kind)
    if (known && clock.elapsed() < known.until) known.count += 1
    else {
      muted.set(kind, { until: clock.elapsed() + THROTTLE_MS, count: 0 })
      write(known?.count ?? 0)
    }
  }
}
