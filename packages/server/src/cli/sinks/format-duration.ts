const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** How long ago something was, in its two largest units: `2d 3h`, `41s`. Both in milliseconds since the Unix epoch. */
export const formatDuration = (moment: number, now: number): string => {
  let left = Math.max(0, now - moment)
  const parts: string[] = []
  for (const [unit, ms] of UNITS) {
    const count = Math.floor(left / ms)
    left -= count * ms
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ') || '0s'
}
