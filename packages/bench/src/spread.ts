import { median } from './load.ts'

/** The figures of several rounds, told as their middle and their ends. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The spread of at least one figure. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

/** The ratios round by round, so that what slows a whole round down slows neither side alone. */
export const ratios = (values: readonly number[], to: readonly number[]): readonly number[] =>
  values.map((value, round) => value / (to[round] ?? Number.NaN))

/** Three digits that matter, thousands set apart: `45 200`, `4.2`, `0.735`. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) < 1_000) return String(Number(value.toPrecision(3)))
  return String(Math.round(Number(value.toPrecision(3)))).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** `median (min–max)`. */
export const range = ({ median: middle, min, max }: Spread): string => `${figure(middle)} (${figure(min)}–${figure(max)})`
