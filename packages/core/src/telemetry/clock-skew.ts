/** So many genuine signatures outside the window, within a minute and with none inside it between them, are no accident. */
const ENOUGH = 5
const WITHIN = 60_000

/** Watches how far the times of genuine signatures are from ours. */
export interface SkewWatch {
  /** One was outside the window by so many seconds; gives whether somebody should be told now. `now` never goes back. */
  readonly outside: (now: number) => boolean
  /** One was inside. */
  readonly inside: () => void
}

/** Says once a minute that the clocks differ, as long as they seem to. */
export const watchSkew = (): SkewWatch => {
  let seen: number[] = []
  let toldAt: number | undefined
  return {
    outside: (now) => {
      seen = [...seen.filter((at) => now - at < WITHIN), now].slice(-ENOUGH)
      if (seen.length < ENOUGH || (toldAt !== undefined && now - toldAt < WITHIN)) return false
      toldAt = now
      return true
    },
    inside: () => {
      if (seen.length > 0) seen = []
    },
  }
}
