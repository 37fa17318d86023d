import { duration } from './units.ts'

/** Pauses before each further attempt, in milliseconds. */
export type RetrySchedule = readonly number[]

/** Twelve further attempts over about three days. */
export const DEFAULT_RETRY_SCHEDULE = '1s 5s 30s 2m 10m 30m 1h 3h 6h 12h 24h 24h'

const JITTER = 0.2

/** Reads `1s 5s 30s`; undefined where a part is no duration. Empty text: no further attempt. */
export const parseRetrySchedule = (text: string): RetrySchedule | undefined => {
  const pauses = text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => duration.decode(part))
  return pauses.every((pause) => pause._tag === 'Right') ? pauses.map((pause) => pause.right) : undefined
}

/** The pause after this attempt (1, 2, …), ±20 % by `random` (0 to 1); undefined when it was the last one. */
export const retryDelay = (schedule: RetrySchedule, attempt: number, random: number): number | undefined => {
  const pause = schedule[attempt - 1]
  return pause === undefined ? undefined : Math.round(pause * (1 - JITTER + 2 * JITTER * random))
}
