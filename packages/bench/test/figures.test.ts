import { expect } from 'chai'
import { figure, range, ratios, spreadOf } from '../src/report/figures.ts'
import { atLeast, atMost, verdict } from '../src/report/goal.ts'
import { interleave } from '../src/report/interleave.ts'

describe('the figures of the bench', () => {
  it('come from rounds in turns, each of which begins with another subject', async () => {
    const order: string[] = []
    const figures = await interleave(['a', 'b', 'c'], 2, async (subject, round) => {
      order.push(subject)
      return `${subject}${round}`
    })
    expect(order.join('')).to.equal('abcbca')
    expect(figures).to.deep.equal([
      ['a0', 'a1'],
      ['b0', 'b1'],
      ['c0', 'c1'],
    ])
  })

  it('are shown as median, minimum and maximum', () => {
    expect(spreadOf([30, 10, 20])).to.deep.equal({ median: 20, min: 10, max: 30 })
    expect(range(spreadOf([30, 10, 20]))).to.equal('20 (10–30)')
  })

  it('are compared round by round, not median by median', () => {
    expect(spreadOf(ratios([10, 40, 900], [10, 20, 300])).median).to.equal(2)
  })

  it('have three significant digits', () => {
    expect([45_231, 1_234_567, 999.4, 4.217, 0.73512, 100].map(figure)).to.deep.equal([
      '45 200',
      '1 230 000',
      '999',
      '4.22',
      '0.735',
      '100',
    ])
    expect(figure(Number.NaN)).to.equal('–')
  })

  it('reach the goal, only the floor, or neither, for `at least` and `at most`', () => {
    expect([1, 0.7, 0.5].map((ratio) => verdict(ratio, atLeast(1, 0.6)))).to.deep.equal([
      'goal ≥ 1, floor ≥ 0.6: reached',
      'goal ≥ 1, floor ≥ 0.6: floor reached, goal missed',
      'goal ≥ 1, floor ≥ 0.6: FLOOR MISSED',
    ])
    expect([2, 3, 4].map((ratio) => verdict(ratio, atMost(2, 3)))).to.deep.equal([
      'goal ≤ 2, floor ≤ 3: reached',
      'goal ≤ 2, floor ≤ 3: floor reached, goal missed',
      'goal ≤ 2, floor ≤ 3: FLOOR MISSED',
    ])
  })

  it('miss the floor if they are NaN', () => {
    expect(verdict(Number.NaN, atLeast(1, 0.6))).to.contain('FLOOR MISSED')
    expect(verdict(Number.NaN, atMost(1, 2))).to.contain('FLOOR MISSED')
  })
})
