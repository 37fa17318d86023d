import * as t from 'io-ts'
import { Codec } from './codec.ts'
import { withSchema } from './schema.ts'
import { duration, writeDuration } from './units.ts'

/** The delays before each further attempt, in milliseconds. */
export type RetrySchedule = readonly number[]

/** The default: twelve further attempts over about three days. */
export const DEFAULT_RETRY_SCHEDULE = '1s 5s 30s 2m 10m 30m 1h 3h 6h 12h 24h 24h'

const JITTER = 0.2

/** Parses a schedule such as `1s 5s 30s`. Returns undefined when a part is no duration. An empty text means no further attempt. */
export const parseRetrySchedule = (text: string): RetrySchedule | undefined => {
  const delays = text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => duration.decode(part))
  return delays.every((delay) => delay._tag === 'Right') ? delays.map((delay) => delay.right) : undefined
}

/** The codec of a retry schedule in options. Decodes to delays in milliseconds. */
export const retrySchedule: Codec<RetrySchedule, string> = withSchema(
  new Codec<RetrySchedule, string>(
    'pauses such as `1s 5s 30s 2m`',
    (value): value is RetrySchedule => Array.isArray(value) && value.every((delay) => typeof delay === 'number'),
    (value, context) => {
      const schedule = typeof value === 'string' ? parseRetrySchedule(value) : undefined
      return schedule === undefined ? t.failure(value, context) : t.success(schedule)
    },
    (delays) => delays.map(writeDuration).join(' '),
  ),
  { type: 'string' },
)

/** Returns the delay after attempt 1, 2, …, with a jitter of ±20 %. `random` is 0 to 1. Undefined after the last attempt. */
export const retryDelay = (schedule: RetrySchedule, attempt: number, random: number): number | undefined => {
  const delay = schedule[attempt - 1]
  return delay === undefined ? undefined : Math.round(delay * (1 - JITTER + 2 * JITTER * random))
}
