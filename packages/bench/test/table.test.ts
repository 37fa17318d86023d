import { expect } from 'chai'
import { CALLBOARD_SQLITE, contestants, KOA_BODYPARSER } from '../src/http/contestants.ts'
import type { Round } from '../src/http/round.ts'
import { httpTable } from '../src/http/table.ts'

const round = (perSecond: number, generator = 0.5): Round => ({ answered: 1, perSecond, p50: 1, p99: 2, generator, cpu: 30, rest: 0 })
const speeds: Readonly<Record<string, number>> = { [KOA_BODYPARSER]: 10_000, [CALLBOARD_SQLITE]: 5_000 }
const results = contestants.map(({ name }) => [1, 2, 3].map(() => round(speeds[name] ?? 20_000, name === 'node:http' ? 0.99 : 0.5)))

describe('httpTable', () => {
  it('shows the durability of each row', () => {
    const rows = httpTable(contestants, results)
    for (const { name, durability } of contestants) {
      expect(rows.filter((row) => row.startsWith(`| ${name} | ${durability} |`))).to.have.length(1)
    }
  })

  it('compares with koa + koa-bodyparser, and names the goals that are missed', () => {
    const rows = httpTable(contestants, results)
    expect(rows.find((row) => row.startsWith(`| ${CALLBOARD_SQLITE}`))).to.contain('| 5 000 (5 000–5 000) | 0.5 (0.5–0.5) |')
    expect(rows).to.include(`- ${CALLBOARD_SQLITE}, 0.5 times ${KOA_BODYPARSER}: goal ≥ 1.4, floor ≥ 1: FALLS SHORT OF THE FLOOR`)
  })

  it('judges the p99 against koa + koa-bodyparser, and the time to deliver the backlog', () => {
    const withLate = contestants.map(({ name }) =>
      [1, 2, 3].map((n) => ({ ...round(1), p99: name === CALLBOARD_SQLITE ? 3 : 2, rest: n * 400 })),
    )
    const rows = httpTable(contestants, withLate)
    expect(rows).to.include(`- ${CALLBOARD_SQLITE}, 1.5 times the p99 of ${KOA_BODYPARSER}: goal ≤ 1, floor ≤ 1: FALLS SHORT OF THE FLOOR`)
    expect(rows).to.include(`- ${CALLBOARD_SQLITE}, 800 ms to deliver what was left after a round: goal ≤ 1 000, floor ≤ 1 000: holds`)
  })

  it('marks the rows whose load generator was saturated', () => {
    const marked = httpTable(contestants, results).filter((row) => row.includes('†'))
    expect(marked).to.have.length(1)
    expect(marked[0]).to.match(/^\| node:http /)
  })
})
