/** So many genuine signatures outside the window, within a minute and with none inside it between them, are no accident. */
const MIN_SAMPLES = 5
const WINDOW_MS = 60_000

/** Watches how far the times of genuine signatures are from ours. */
export interface SkewDetector {
  /** One was outside the window by so many seconds; gives whether somebody should be told now. `now` never goes back. */
  readonly recordSkew: (now: number) => boolean
  /** One was inside. */
  readonly recordInWindow: () => void
}

/** Says once a minute that the clocks differ, as long as they seem to. */
export const createSkewDetector = (): SkewDetector => {
  let seen: number[] = []
  let toldAt: number | undefined
  return {
    recordSkew: (now) => {
      seen = [...seen.filter((at) => now - at < WINDOW_MS), now].slice(-MIN_SAMPLES)
      if (seen.length < MIN_SAMPLES || (toldAt !== undefined && now - toldAt < WINDOW_MS)) return false
      toldAt = now
      return true
    },
    recordInWindow: () => {
      if (seen.length > 0) seen = []
    },
  }
}
