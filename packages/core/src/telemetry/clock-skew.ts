/** This many genuine signatures out of time within a minute, with none in time between them, mean that the clocks differ. */
const MIN_SAMPLES = 5
const WINDOW_MS = 60_000

/** Detects that our clock and the vendor's differ, from the RequestTime of genuine signatures. */
export interface SkewDetector {
  /** Records a genuine signature that is out of time by `skew` seconds. Returns whether to warn now. `now` is a monotonic time in milliseconds. */
  readonly recordSkew: (skew: number, now: number) => boolean
  /** Returns by how many seconds our clock is ahead, or behind if negative. Undefined: it is not known to differ. */
  readonly skewAt: (now: number) => number | undefined
  /** Records a signature that is in time. */
  readonly recordInWindow: () => void
}

/** Creates a detector that asks for one warning a minute while the clocks differ. */
export const createSkewDetector = (): SkewDetector => {
  let samples: { readonly at: number; readonly skew: number }[] = []
  let warnedAt: number | undefined
  const since = (now: number) => samples.filter(({ at }) => now - at < WINDOW_MS)
  return {
    recordSkew: (skew, now) => {
      samples = [...since(now), { at: now, skew }].slice(-MIN_SAMPLES)
      if (samples.length < MIN_SAMPLES || (warnedAt !== undefined && now - warnedAt < WINDOW_MS)) return false
      warnedAt = now
      return true
    },
    skewAt: (now) => (since(now).length < MIN_SAMPLES ? undefined : samples.at(-1)?.skew),
    recordInWindow: () => {
      if (samples.length > 0) samples = []
    },
  }
}
