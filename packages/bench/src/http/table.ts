import { atLeast, type Goal, verdict } from '../goal.ts'
import { figure, range, ratios, spreadOf } from '../spread.ts'
import type { Round } from './compare.ts'
import { BULLMQ, CALLBOARD_MEMORY, CALLBOARD_SQLITE, type Contestant, KOA_BODYPARSER } from './contestants.ts'

const ofMost: Readonly<Record<string, readonly { readonly to: string; readonly goal: Goal }[]>> = {
  [CALLBOARD_MEMORY]: [{ to: KOA_BODYPARSER, goal: atLeast(1.4, 1) }],
  [CALLBOARD_SQLITE]: [
    { to: KOA_BODYPARSER, goal: atLeast(1.4, 1) },
    { to: BULLMQ, goal: atLeast(4, 1) },
  ],
}

const SATURATED = 0.9

/** The rounds of each server as a table of Markdown, and below it what was wanted. */
export const httpTable = (servers: readonly Contestant[], results: readonly (readonly Round[])[]): readonly string[] => {
  const perSecond = (name: string) => results[servers.findIndex((server) => server.name === name)]?.map((round) => round.perSecond)
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
  const wanted = servers.flatMap(({ name }) =>
    (ofMost[name] ?? []).flatMap(({ to, goal }) => {
      const other = perSecond(to)
      if (!other) return []
      const { median } = spreadOf(ratios(perSecond(name) ?? [], other))
      return [`- ${name}, ${figure(median)} times ${to}: ${verdict(median, goal)}`]
    }),
  )
  return [
    `| server | durable when answered; checked | callbacks/s | times ${KOA_BODYPARSER} | CPU µs each | p50 ms | p99 ms | ms to finish |`,
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    ...wanted,
  ]
}
