import { formatErrors } from '../codec/errors.ts'
import { strictStruct } from '../codec/struct.ts'
import { duration, size } from '../codec/units.ts'
import type { Clock } from '../util/clock.ts'
import type { Journal, RetentionLimits } from './journal.ts'

/** How long the journal keeps finished events. Events with a pending delivery are always kept. */
export interface Retention {
  /** Events whose deliveries are all delivered or discarded, counted from the last one: milliseconds, or text such as `7d`; default 7 days. */
  readonly delivered?: number | string
  /** Quarantined events, and events with a dead delivery; default 30 days. */
  readonly dead?: number | string
  /** Bytes of bodies, or text such as `10GiB`. Beyond it the oldest delivered events are removed early; default no limit. */
  readonly size?: number | string
}

/** The codec of the retention in options. Decodes to milliseconds and bytes. */
export const retentionCodec = strictStruct({}, { delivered: duration, dead: duration, size })

const DAY_MS = 24 * 3_600_000
/** How long events are kept by default, in milliseconds. */
export const DEFAULT_RETENTION_MS = { delivered: 7 * DAY_MS, dead: 30 * DAY_MS }

const INITIAL_DELAY_MS = 60_000
const INTERVAL_MS = 10 * 60_000
// Appends wait while events are removed, so only a few are removed at a time.
const BATCH_SIZE = 500
const BATCH_PAUSE_MS = 50

/** Returns the limits for one `prune` of at most `limit` events, with the defaults filled in. Throws a TypeError for an invalid retention. */
export const retentionLimits = (retention: Retention, limit: number): RetentionLimits => {
  const decoded = retentionCodec.decode(retention)
  if (decoded._tag === 'Left') throw new TypeError(`retention: ${formatErrors(decoded.left).join('; ')}`)
  const { delivered = DEFAULT_RETENTION_MS.delivered, dead = DEFAULT_RETENTION_MS.dead, size: bytes } = decoded.right
  return { delivered, dead, ...(bytes !== undefined && { bytes }), limit }
}

/** Removes old events in the background, a few at a time. Returns the function that stops it. */
export const startRetention = (journal: Journal, retention: Omit<RetentionLimits, 'limit'>, clock: Clock): (() => void) => {
  let isStopped = false
  let cancel = () => {}
  const schedule = (ms: number) => {
    if (!isStopped) cancel = clock.after(ms, sweep)
  }
  const sweep = async () => {
    try {
      const { more } = await journal.prune({ ...retention, limit: BATCH_SIZE })
      schedule(more ? BATCH_PAUSE_MS : INTERVAL_MS)
    } catch {
      // A failing journal is reported by appends and deliveries.
      schedule(INTERVAL_MS)
    }
  }
  schedule(INITIAL_DELAY_MS)
  return () => {
    isStopped = true
    cancel()
  }
}
