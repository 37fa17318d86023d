import { BULLMQ_WORKER, BY_HAND, CALLBOARD, KOA_BODYPARSER, type Peer } from '../peers/peers.ts'
import { figure, ratios, spreadOf } from '../report/figures.ts'
import { atLeast, atMost, type Goal, verdict } from '../report/goal.ts'
import type { LoadName } from './loads.ts'
import type { Round } from './round.ts'

interface HttpGoal {
  readonly load: LoadName
  /** Which figure is compared. */
  readonly figure: 'cpu' | 'perSecond' | 'p99'
  readonly peer: Peer
  /** For the figure of the peer divided by that of Callboard (`cpu`), or the other way round. */
  readonly goal: Goal
}

const HTTP_GOALS: readonly HttpGoal[] = [
  { load: 'closed1', figure: 'cpu', peer: BULLMQ_WORKER, goal: atLeast(1.5, 1) },
  { load: 'closed16', figure: 'cpu', peer: BULLMQ_WORKER, goal: atLeast(3.5, 2) },
  { load: 'closed64', figure: 'cpu', peer: BULLMQ_WORKER, goal: atLeast(3.5, 2) },
  { load: 'closed256', figure: 'cpu', peer: BULLMQ_WORKER, goal: atLeast(3.5, 2) },
  { load: 'closed64', figure: 'cpu', peer: KOA_BODYPARSER, goal: atLeast(0.65, 0.45) },
  { load: 'closed1', figure: 'perSecond', peer: BY_HAND, goal: atLeast(1.2, 1) },
  { load: 'closed16', figure: 'perSecond', peer: BY_HAND, goal: atLeast(4, 2.5) },
  { load: 'closed64', figure: 'perSecond', peer: BY_HAND, goal: atLeast(15, 10) },
  { load: 'open500', figure: 'p99', peer: BULLMQ_WORKER, goal: atMost(0.7, 1) },
  { load: 'open2000', figure: 'p99', peer: BULLMQ_WORKER, goal: atMost(0.7, 1) },
]

const describe = ({ figure: name, peer }: HttpGoal, ratio: string): string => {
  if (name === 'cpu') return `${peer.name} uses ${ratio} times the CPU of Callboard`
  return name === 'p99'
    ? `the p99 of Callboard is ${ratio} times that of ${peer.name}`
    : `Callboard answers ${ratio} times as many as ${peer.name}`
}

/** Compares the rounds of a load with its goals, a line each. A peer that was not measured has no line. */
export const httpVerdicts = (load: LoadName, roundsOf: (peer: Peer) => readonly Round[] | undefined): readonly string[] =>
  HTTP_GOALS.filter((each) => each.load === load).flatMap((each) => {
    const [ours, theirs] = [roundsOf(CALLBOARD), roundsOf(each.peer)]
    if (!ours || !theirs) return []
    const figures = (rounds: readonly Round[]) => rounds.map((round) => round[each.figure])
    const { median } = spreadOf(each.figure === 'cpu' ? ratios(figures(theirs), figures(ours)) : ratios(figures(ours), figures(theirs)))
    return [`- ${describe(each, figure(median))}: ${verdict(median, each.goal)}`]
  })
