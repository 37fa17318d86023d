/** Returns the value below which the share `p` (0 to 1) of all values lies. NaN if there is none. */
export const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? Number.NaN

export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** The figures of several rounds: the median and both ends. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Returns the spread of at least one figure. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

/** Returns the ratios round by round, so that a slow moment of the machine affects both sides. */
export const ratios = (values: readonly number[], to: readonly number[]): readonly number[] =>
  values.map((value, round) => value / (to[round] ?? Number.NaN))

/** Formats three significant digits, thousands set apart: `45 200`, `4.2`, `0.735`. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) < 1_000) return String(Number(value.toPrecision(3)))
  return String(Math.round(Number(value.toPrecision(3)))).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** Formats `median (min–max)`. */
export const range = ({ median: middle, min, max }: Spread): string => `${figure(middle)} (${figure(min)}–${figure(max)})`
