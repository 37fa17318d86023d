import { type Goal, verdict } from '../goal.ts'
import type { Round } from '../http/round.ts'
import { figure, range, ratios, spreadOf } from '../spread.ts'

/** The rounds of each stage as a table of Markdown, against the first stage, and below it what was wanted. */
export const growthTable = (
  stages: readonly { readonly name: string }[],
  results: readonly (readonly Round[])[],
  goal?: Goal,
): readonly string[] => {
  const figures = (place: number, of: keyof Round) => (results[place] ?? []).map((round) => round[of])
  const grown = (place: number) => spreadOf(ratios(figures(place, 'p99'), figures(0, 'p99')))
  const rows = stages.map(({ name }, place) => {
    const told = (['perSecond', 'cpu', 'p50'] as const).map((of) => figure(spreadOf(figures(place, of)).median))
    return `| ${[name, ...told, range(spreadOf(figures(place, 'p99'))), range(grown(place))].join(' | ')} |`
  })
  const wanted = stages.flatMap(({ name }, place) => {
    if (!goal || place === 0) return []
    const { median } = grown(place)
    return [`- ${name}, ${figure(median)} times the p99 of ${stages[0]?.name}: ${verdict(median, goal)}`]
  })
  return [
    '| | callbacks/s | CPU µs each | p50 ms | p99 ms | times the first p99 |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...(wanted.length > 0 ? ['', ...wanted] : []),
  ]
}
