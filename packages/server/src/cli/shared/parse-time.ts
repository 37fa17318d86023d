import { duration } from '@callboard/core'
import { OperatorError } from '../../util/operator-error.ts'

/** Reads `2026-01-31`, `2026-01-31T12:00:00Z`, or `10m` for ten minutes ago. Milliseconds since the Unix epoch. */
export const momentOf = (text: string, now: number): number => {
  const ago = /[a-z]$/.test(text) ? duration.decode(text) : undefined
  if (ago?._tag === 'Right') return now - ago.right
  const moment = Date.parse(text)
  if (Number.isNaN(moment))
    throw new OperatorError('usage', `${JSON.stringify(text)} is no time: write 2026-01-31T12:00:00Z, or 10m for ten minutes ago`)
  return moment
}
