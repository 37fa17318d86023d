import type { Round } from '../http/round.ts'
import { figure, range, ratios, spreadOf } from '../report/figures.ts'
import { type Goal, verdict } from '../report/goal.ts'

/** Formats the rounds of each stage as a Markdown table, compared with the first stage, and the goals below it. */
export const growthTable = (
  stages: readonly { readonly name: string }[],
  results: readonly (readonly Round[])[],
  goal?: Goal,
): readonly string[] => {
  const figures = (index: number, of: keyof Round) => (results[index] ?? []).map((round) => round[of])
  const growth = (index: number) => spreadOf(ratios(figures(index, 'p99'), figures(0, 'p99')))
  const rows = stages.map(({ name }, index) => {
    const medians = (['cpu', 'perSecond', 'p50'] as const).map((of) => figure(spreadOf(figures(index, of)).median))
    return `| ${[name, ...medians, range(spreadOf(figures(index, 'p99'))), range(growth(index))].join(' | ')} |`
  })
  const verdicts = stages.flatMap(({ name }, index) => {
    if (!goal || index === 0) return []
    const { median } = growth(index)
    return [`- ${name}, ${figure(median)} times the p99 of ${stages[0]?.name}: ${verdict(median, goal)}`]
  })
  return [
    '| | CPU µs per callback | callbacks/s | p50 ms | p99 ms | times the first p99 |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...(verdicts.length > 0 ? ['', ...verdicts] : []),
  ]
}
