import { figure } from './spread.ts'

/** What a ratio should be. `goal`: what we want; `floor`: the worst we put up with. */
export interface Goal {
  readonly goal: number
  readonly floor: number
  readonly better: 'more' | 'less'
}

export const atLeast = (goal: number, floor: number): Goal => ({ goal, floor, better: 'more' })
export const atMost = (goal: number, floor: number): Goal => ({ goal, floor, better: 'less' })

/** A ratio against its goal, in words. */
export const verdict = (ratio: number, { goal, floor, better }: Goal): string => {
  const reaches = (mark: number) => (better === 'more' ? ratio >= mark : ratio <= mark)
  const sign = better === 'more' ? '≥' : '≤'
  const asked = `goal ${sign} ${figure(goal)}, floor ${sign} ${figure(floor)}`
  if (reaches(goal)) return `${asked}: holds`
  return reaches(floor) ? `${asked}: falls short of the goal, floor holds` : `${asked}: FALLS SHORT OF THE FLOOR`
}
