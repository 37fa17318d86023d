import type { Clock } from '@callboard/core'

/**
 * The time of a journal, in milliseconds since the Unix epoch: the wall clock's when it is opened, and from then on as much later
 * as time has passed. A wall clock that jumps meanwhile makes no retry early or late.
 */
export const steady = ({ now, elapsed }: Clock): (() => number) => {
  const start = now() - elapsed()
  return () => Math.round(start + elapsed())
}
