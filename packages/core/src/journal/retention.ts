import { duration, size } from '../codec/units.ts'
import type { Clock } from '../util/clock.ts'
import type { Journal, RetentionLimits } from './journal.ts'

/** How long the journal keeps what is over. What is pending is always kept. */
export interface Retention {
  /** Events with every delivery delivered or discarded, from the last one on: milliseconds, or text such as `7d`; default 7 days. */
  readonly delivered?: number | string
  /** Quarantined events, and those with a dead delivery; default 30 days. */
  readonly dead?: number | string
  /** Bytes of bodies, or text such as `10GiB`: beyond it the oldest delivered events go before their time; default: no bound. */
  readonly size?: number | string
}

const DAY_MS = 24 * 3_600_000
/** For how long events are kept where nothing else is said, in milliseconds. */
export const DEFAULT_RETENTION_MS = { delivered: 7 * DAY_MS, dead: 30 * DAY_MS }

/** After a start, and from then on. */
const INITIAL_DELAY_MS = 60_000
const INTERVAL_MS = 10 * 60_000
// Appends wait while events are removed, so only a few are at a time.
const BATCH_SIZE = 500
const BATCH_PAUSE_MS = 50

const bytesOf = (given: number | string | undefined): number | undefined => {
  const decoded = given === undefined ? undefined : size.decode(given)
  return decoded?._tag === 'Right' ? decoded.right : undefined
}
const msOf = (given: number | string | undefined, otherwise: number): number => {
  const decoded = duration.decode(given ?? otherwise)
  return decoded._tag === 'Right' ? decoded.right : otherwise
}

/** What the journal is asked to keep, with the defaults filled in. */
export const retentionLimits = ({ delivered, dead, size: bytes }: Retention, limit: number): RetentionLimits => {
  const most = bytesOf(bytes)
  return {
    delivered: msOf(delivered, DEFAULT_RETENTION_MS.delivered),
    dead: msOf(dead, DEFAULT_RETENTION_MS.dead),
    ...(most !== undefined && { bytes: most }),
    limit,
  }
}

/** Removes from the journal what need not be kept any longer, now and then, a little at a time. Gives what stops it. */
export const startRetention = (journal: Journal, retention: Retention, clock: Clock): (() => void) => {
  let stopped = false
  let cancel = () => {}
  const again = (ms: number) => {
    if (!stopped) cancel = clock.after(ms, sweep)
  }
  const sweep = async () => {
    try {
      const { more } = await journal.prune(retentionLimits(retention, BATCH_SIZE))
      again(more ? BATCH_PAUSE_MS : INTERVAL_MS)
    } catch {
      // A journal in trouble tells so itself, where it costs something.
      again(INTERVAL_MS)
    }
  }
  again(INITIAL_DELAY_MS)
  return () => {
    stopped = true
    cancel()
  }
}
