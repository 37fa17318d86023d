import { moduleCommand, startChild } from '../process/child-process.ts'
import { figure, range, ratios, spreadOf } from '../report/figures.ts'
import { atMost, type Goal, verdict } from '../report/goal.ts'
import type { Section } from '../section.ts'
import type { CoreAlone } from './alone.ts'

const sizes: readonly { readonly members: number; readonly bodies: number; readonly goal: Goal }[] = [
  { members: 3, bodies: 20_000, goal: atMost(8, 16) },
  { members: 2_000, bodies: 500, goal: atMost(1.8, 2.7) },
]

/** Measures what a callback costs in core, compared with JSON.parse of its body. */
export const measureCore: Section = async ({ rounds, progress }) => {
  const lines = [
    '## Core alone',
    '',
    'Verify, decode and record in memory, without HTTP and sinks, 64 in flight. CPU of the process per body, garbage collection included.',
    '',
    '| members | core µs | JSON.parse µs | times JSON.parse |',
    '|---|---|---|---|',
  ]
  const verdicts: string[] = []
  for (const { members, bodies, goal } of sizes) {
    progress(`core alone, ${members} members`)
    const { core, parse }: CoreAlone = JSON.parse(
      await startChild(moduleCommand(0, './alone.js', import.meta.url, { members, rounds, bodies })).output,
    )
    const ratio = spreadOf(ratios(core, parse))
    lines.push(`| ${members} | ${range(spreadOf(core))} | ${range(spreadOf(parse))} | ${range(ratio)} |`)
    verdicts.push(`- ${members} members, ${figure(ratio.median)} times JSON.parse: ${verdict(ratio.median, goal)}`)
  }
  return [...lines, '', ...verdicts, '']
}
