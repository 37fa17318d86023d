import * as t from 'io-ts'
import { Codec } from './codec.ts'
import { withSchema } from './schema.ts'

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, KB: 1e3, MB: 1e6, GB: 1e9 } as const

/** Makes a codec for amounts such as `1.5s`. A plain number is in the smallest unit. */
const amount = (name: string, units: Readonly<Record<string, number>>) => {
  const written = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${Object.keys(units).join('|')})$`)
  const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
  const parse = (value: unknown): number | undefined => {
    if (typeof value !== 'string') return isAmount(value) ? value : undefined
    const [, digits, unit] = written.exec(value) ?? []
    const factor = unit === undefined ? undefined : units[unit]
    return factor === undefined ? undefined : Math.round(Number(digits) * factor)
  }
  return withSchema(
    new Codec<number, number | string>(
      name,
      isAmount,
      (value, context) => {
        const parsed = parse(value)
        return parsed === undefined ? t.failure(value, context) : t.success(parsed)
      },
      (number) => number,
    ),
    { type: ['number', 'string'], minimum: 0, pattern: written.source },
  )
}

/** A duration in options: `1500ms`, `15s`, `2m`, `1h`, `7d`, or a number of milliseconds. Decodes to milliseconds. */
export const duration = amount('a duration such as 1500ms, 15s, 2m, 1h or 7d', MILLISECONDS)

/** Returns a duration as options write it, in the largest unit that leaves a whole number: `15s`, `1500ms`, `7d`. `ms` is rounded. */
export const writeDuration = (ms: number): string => {
  const rounded = Math.round(ms)
  const [unit, unitMs] = Object.entries(MILLISECONDS).findLast(([, each]) => rounded !== 0 && rounded % each === 0) ?? ['ms', 1]
  return `${rounded / unitMs}${unit}`
}

/** A size in options: `64KiB`, `1MiB`, `10MB`, or a number of bytes. Decodes to bytes. */
export const size = amount('a size such as 64KiB, 1MiB or 10MB', BYTES)
