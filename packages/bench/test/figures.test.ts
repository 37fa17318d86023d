import { expect } from 'chai'
import { atLeast, atMost, verdict } from '../src/goal.ts'
import { interleaved } from '../src/rounds.ts'
import { figure, range, ratios, spreadOf } from '../src/spread.ts'

describe('the figures of the bench', () => {
  it('come from rounds in turns, so that a slow machine slows everybody', async () => {
    const order: string[] = []
    const figures = await interleaved(['a', 'b', 'c'], 2, async (subject, round) => {
      order.push(subject)
      return `${subject}${round}`
    })
    expect(order.join('')).to.equal('abcabc')
    expect(figures).to.deep.equal([
      ['a0', 'a1'],
      ['b0', 'b1'],
      ['c0', 'c1'],
    ])
  })

  it('are told by their middle and their ends', () => {
    expect(spreadOf([30, 10, 20])).to.deep.equal({ median: 20, min: 10, max: 30 })
    expect(range(spreadOf([30, 10, 20]))).to.equal('20 (10–30)')
  })

  it('are compared round by round, not median by median', () => {
    expect(spreadOf(ratios([10, 40, 900], [10, 20, 300])).median).to.equal(2)
  })

  it('have three digits that matter', () => {
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

  it('hold, fall short of the goal, or fall short of the floor, whichever way is better', () => {
    expect([1, 0.7, 0.5].map((ratio) => verdict(ratio, atLeast(1, 0.6)))).to.deep.equal([
      'goal ≥ 1, floor ≥ 0.6: holds',
      'goal ≥ 1, floor ≥ 0.6: falls short of the goal, floor holds',
      'goal ≥ 1, floor ≥ 0.6: FALLS SHORT OF THE FLOOR',
    ])
    expect([2, 3, 4].map((ratio) => verdict(ratio, atMost(2, 3)))).to.deep.equal([
      'goal ≤ 2, floor ≤ 3: holds',
      'goal ≤ 2, floor ≤ 3: falls short of the goal, floor holds',
      'goal ≤ 2, floor ≤ 3: FALLS SHORT OF THE FLOOR',
    ])
  })

  it('that could not be had never hold', () => {
    expect(verdict(Number.NaN, atLeast(1, 0.6))).to.contain('FALLS SHORT OF THE FLOOR')
    expect(verdict(Number.NaN, atMost(1, 2))).to.contain('FALLS SHORT OF THE FLOOR')
  })
})
