import { CALLBOARD, type Peer } from '../peers/peers.ts'
import { figure, range, ratios, type Spread, spreadOf } from '../report/figures.ts'
import type { Round } from './round.ts'

/** The load generator used so much of its core that it limited the server. */
const SATURATED = 0.9
/** A server that left so many arrivals of an open loop unanswered could not keep up. */
const MAX_UNANSWERED_SHARE = 0.01
/** A server whose CPU per callback moved by more than this between two rounds of a load was disturbed by other programs. */
const MAX_MOVEMENT = 0.25

/** The rounds of one peer. */
export interface PeerRounds {
  readonly peer: Pick<Peer, 'name' | 'work' | 'does'>
  readonly rounds: readonly Round[]
}

const spread = (rounds: readonly Round[], of: keyof Round): Spread => spreadOf(rounds.map((round) => round[of]))

/** Returns whether the CPU per callback of a server moved by more than a quarter between its rounds. */
export const isDisturbed = (rounds: readonly Round[]): boolean => {
  const { min, max } = spread(rounds, 'cpu')
  return max / min > 1 + MAX_MOVEMENT
}

const isTooSlow = (rounds: readonly Round[]): boolean => {
  const [unanswered, answered] = [spread(rounds, 'unanswered').median, spread(rounds, 'answered').median]
  return unanswered / (answered + unanswered) > MAX_UNANSWERED_SHARE
}

/** Formats the rounds of each peer as a Markdown table. CPU, the leading figure, is compared with that of Callboard round by round. */
export const httpTable = (results: readonly PeerRounds[]): readonly string[] => {
  const ours = results.find(({ peer }) => peer.name === CALLBOARD.name)?.rounds ?? []
  const cpus = (rounds: readonly Round[]) => rounds.map(({ cpu }) => cpu)
  const row = ({ peer, rounds }: PeerRounds) => {
    const saturated = spread(rounds, 'generator').median > SATURATED ? ' †' : ''
    const slow = isTooSlow(rounds) ? ' ‡' : ''
    const cells = [
      `${peer.name}${isDisturbed(rounds) ? ' (disturbed)' : ''}`,
      peer.work,
      range(spread(rounds, 'cpu')),
      range(spreadOf(ratios(cpus(rounds), cpus(ours)))),
      `${figure(spread(rounds, 'perSecond').median)}${saturated}${slow}`,
      figure(spread(rounds, 'p50').median),
      figure(spread(rounds, 'p99').median),
      figure(spread(rounds, 'finishMs').median),
    ]
    return `| ${cells.join(' | ')} |`
  }
  return [
    '| server | work | CPU µs per callback | times Callboard | callbacks/s | p50 ms | p99 ms | ms to finish |',
    '|---|---|---|---|---|---|---|---|',
    ...results.map(row),
  ]
}
