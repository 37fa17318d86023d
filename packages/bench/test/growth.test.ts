import { expect } from 'chai'
import { memoryAt } from '../src/growth/memory.ts'
import { growthTable } from '../src/growth/table.ts'
import type { Round } from '../src/http/round.ts'
import { atMost } from '../src/report/goal.ts'

const round = (p99: number): Round => ({ answered: 1, unanswered: 0, perSecond: 1_000, p50: 1, p99, generator: 0.5, cpu: 30, finishMs: 0 })
const stages = [{ name: 'none' }, { name: 'a million' }]

describe('growthTable', () => {
  it('compares each stage with the first one, round by round', () => {
    const rows = growthTable(stages, [[2, 4].map(round), [3, 8].map(round)], atMost(1.3, 1.5))
    expect(rows).to.include('| a million | 30 | 1 000 | 1 | 8 (3–8) | 2 (1.5–2) |')
    expect(rows).to.include('- a million, 2 times the p99 of none: goal ≤ 1.3, floor ≤ 1.5: FLOOR MISSED')
  })

  it('shows no verdict without a goal', () => {
    expect(growthTable(stages, [[round(2)], [round(4)]]).filter((row) => row.startsWith('-'))).to.deep.equal([])
  })

  it('takes the memory as the median of the last ten seconds', () => {
    const samples = Array.from({ length: 60 }, (_, at) => ({ at, bytes: at === 25 ? 1_000_000 : at }))
    expect(memoryAt(samples, 30)).to.equal(27)
    expect(memoryAt(samples, 59)).to.equal(55)
    expect(memoryAt(samples, 200)).to.be.NaN
  })
})
