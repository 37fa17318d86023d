import { atLeast, atMost, type Goal, verdict } from '../goal.ts'
import { figure, ratios, spreadOf } from '../spread.ts'
import { BULLMQ, CALLBOARD_MEMORY, CALLBOARD_SQLITE, KOA_BODYPARSER } from './contestants.ts'
import type { Round } from './round.ts'

/** What is wanted of one server. */
interface Wanted {
  readonly of: string
  readonly figure: keyof Round
  /** Against the same figure of another server, round by round; without it the figure itself. */
  readonly to?: string
  readonly goal: Goal
  /** How the figure is told. */
  readonly told: (value: string) => string
}

const fasterThan = (of: string, to: string, goal: Goal): Wanted => ({
  of,
  figure: 'perSecond',
  to,
  goal,
  told: (value) => `${value} times ${to}`,
})

const wanted: readonly Wanted[] = [
  fasterThan(CALLBOARD_MEMORY, KOA_BODYPARSER, atLeast(1.4, 1)),
  fasterThan(CALLBOARD_SQLITE, KOA_BODYPARSER, atLeast(1.4, 1)),
  fasterThan(CALLBOARD_SQLITE, BULLMQ, atLeast(4, 1)),
  {
    of: CALLBOARD_SQLITE,
    figure: 'p99',
    to: KOA_BODYPARSER,
    goal: atMost(1, 1),
    told: (value) => `${value} times the p99 of ${KOA_BODYPARSER}`,
  },
  {
    of: CALLBOARD_SQLITE,
    figure: 'rest',
    goal: atMost(1_000, 1_000),
    told: (value) => `${value} ms to deliver what was left after a round`,
  },
]

/** What was wanted of the servers, and whether it holds: a line each. What has no figures is left out. */
export const verdicts = (roundsOf: (name: string) => readonly Round[] | undefined): readonly string[] =>
  wanted.flatMap(({ of, figure: name, to, goal, told }) => {
    const figures = roundsOf(of)?.map((round) => round[name])
    const others = to === undefined ? figures?.map(() => 1) : roundsOf(to)?.map((round) => round[name])
    if (!figures || !others) return []
    const { median } = spreadOf(ratios(figures, others))
    return [`- ${of}, ${told(figure(median))}: ${verdict(median, goal)}`]
  })
