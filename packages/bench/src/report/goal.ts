import { figure } from './figures.ts'

/** A goal for a ratio. `floor` is the worst acceptable value. */
export interface Goal {
  readonly goal: number
  readonly floor: number
  readonly better: 'more' | 'less'
}

export const atLeast = (goal: number, floor: number): Goal => ({ goal, floor, better: 'more' })
export const atMost = (goal: number, floor: number): Goal => ({ goal, floor, better: 'less' })

/** Compares a ratio with its goal, in words. */
export const verdict = (ratio: number, { goal, floor, better }: Goal): string => {
  const reaches = (mark: number) => (better === 'more' ? ratio >= mark : ratio <= mark)
  const sign = better === 'more' ? '≥' : '≤'
  const target = `goal ${sign} ${figure(goal)}, floor ${sign} ${figure(floor)}`
  if (reaches(goal)) return `${target}: reached`
  return reaches(floor) ? `${target}: floor reached, goal missed` : `${target}: FLOOR MISSED`
}
