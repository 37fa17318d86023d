import type { Clock } from '@callboard/core'

/**
 * Returns a clock in milliseconds since the Unix epoch. It starts at the wall clock and then adds the elapsed monotonic time. A
 * later jump of the wall clock changes no retry.
 */
export const monotonicWallClock = ({ now, elapsed }: Clock): (() => number) => {
  const start = now() - elapsed()
  return () => Math.round(start + elapsed())
}
