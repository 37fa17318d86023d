import type { Clock } from '../util/clock.ts'

/** Many refused requests must not write as many lines. */
const THROTTLE_MS = 10_000

/** Runs `write` for the first line of a kind and then once every ten seconds. `suppressed` counts the lines left out meanwhile. */
export type LogThrottle = (kind: string, write: (suppressed: number) => void) => void

export const createLogThrottle = (clock: Clock): LogThrottle => {
  const throttles = new Map<string, { until: number; suppressed: number }>()
  return (kind, write) => {
    const throttle = throttles.get(kind)
    if (throttle && clock.elapsed() < throttle.until) throttle.suppressed += 1
    else {
      throttles.set(kind, { until: clock.elapsed() + THROTTLE_MS, suppressed: 0 })
      write(throttle?.suppressed ?? 0)
    }
  }
}
