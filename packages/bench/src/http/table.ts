import { figure, range, ratios, spreadOf } from '../spread.ts'
import { type Contestant, KOA_BODYPARSER } from './contestants.ts'
import type { Round } from './round.ts'
import { verdicts } from './wanted.ts'

const SATURATED = 0.9

/** The rounds of each server as a table of Markdown, and below it what was wanted. */
export const httpTable = (servers: readonly Contestant[], results: readonly (readonly Round[])[]): readonly string[] => {
  const roundsOf = (name: string) => results[servers.findIndex((server) => server.name === name)]
  const perSecond = (name: string) => roundsOf(name)?.map((round) => round.perSecond)
  const base = perSecond(KOA_BODYPARSER) ?? []
  const rows = servers.map(({ name, durability }, place) => {
    const rounds = results[place] ?? []
    const spread = (of: keyof Round) => spreadOf(rounds.map((round) => round[of]))
    const cells = [
      name,
      durability,
      `${range(spread('perSecond'))}${spread('generator').median > SATURATED ? ' †' : ''}`,
      range(spreadOf(ratios(perSecond(name) ?? [], base))),
      figure(spread('cpu').median),
      figure(spread('p50').median),
      figure(spread('p99').median),
      figure(spread('rest').median),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    `| server | durable when answered; checked | callbacks/s | times ${KOA_BODYPARSER} | CPU µs each | p50 ms | p99 ms | ms to finish |`,
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    ...verdicts(roundsOf),
  ]
}
