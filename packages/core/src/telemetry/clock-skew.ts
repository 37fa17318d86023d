/** This many genuine signatures out of time within a minute, with none in time between them, mean that the clocks differ. */
const MIN_SAMPLES = 5
const WINDOW_MS = 60_000

/** Detects that our clock and the vendor's differ, from the RequestTime of genuine signatures. */
export interface SkewDetector {
  /** Records a genuine signature that is out of time. Returns whether to warn now. `now` is a monotonic time in milliseconds. */
  readonly recordSkew: (now: number) => boolean
  /** Records a signature that is in time. */
  readonly recordInWindow: () => void
}

/** Creates a detector that asks for one warning a minute while the clocks differ. */
export const createSkewDetector = (): SkewDetector => {
  let samples: number[] = []
  let warnedAt: number | undefined
  return {
    recordSkew: (now) => {
      samples = [...samples.filter((at) => now - at < WINDOW_MS), now].slice(-MIN_SAMPLES)
      if (samples.length < MIN_SAMPLES || (warnedAt !== undefined && now - warnedAt < WINDOW_MS)) return false
      warnedAt = now
      return true
    },
    recordInWindow: () => {
      if (samples.length > 0) samples = []
    },
  }
}
