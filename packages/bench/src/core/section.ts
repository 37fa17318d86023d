import { atMost, type Goal, verdict } from '../goal.ts'
import type { Part } from '../run.ts'
import { moduleOn, start } from '../spawned.ts'
import { figure, range, ratios, spreadOf } from '../spread.ts'
import type { CoreAlone } from './alone.ts'

const sizes: readonly { readonly members: number; readonly bodies: number; readonly goal: Goal }[] = [
  { members: 3, bodies: 20_000, goal: atMost(8, 16) },
  { members: 2_000, bodies: 500, goal: atMost(1.8, 2.7) },
]

/** What a callback costs in core, in times JSON.parse of its body. */
export const coreAlone: Part = async ({ rounds, progress }) => {
  const lines = [
    '## Core alone',
    '',
    'Verify, decode and record in memory, no HTTP and no sinks, 64 at a time. CPU of the process for each body, garbage collection included.',
    '',
    '| members | core µs | JSON.parse µs | times JSON.parse |',
    '|---|---|---|---|',
  ]
  const wanted: string[] = []
  for (const { members, bodies, goal } of sizes) {
    progress(`core alone, ${members} members`)
    const { core, parse }: CoreAlone = JSON.parse(
      await start(moduleOn(0, './alone.js', import.meta.url, { members, rounds, bodies })).output,
    )
    const ratio = spreadOf(ratios(core, parse))
    lines.push(`| ${members} | ${range(spreadOf(core))} | ${range(spreadOf(parse))} | ${range(ratio)} |`)
    wanted.push(`- ${members} members, ${figure(ratio.median)} times JSON.parse: ${verdict(ratio.median, goal)}`)
  }
  return [...lines, '', ...wanted, '']
}
