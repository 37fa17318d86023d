import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { createDeadlines } from '../../src/util/timers.ts'

describe('deadlines', () => {
  const started = () => {
    const clock = manualClock()
    const met: string[] = []
    const { at } = createDeadlines(clock)
    return { clock, met, set: (moment: number, name: string) => at(moment, () => met.push(`${name} at ${clock.elapsed()}`)) }
  }

  it('are met in their order, each at its moment, unless they are called off', async () => {
    const { clock, met, set } = started()
    set(10, 'first')
    const callOff = set(20, 'second')
    set(20, 'third')
    set(35, 'fourth')
    await clock.advance(12)
    callOff()
    await clock.advance(40)
    expect(met).to.deep.equal(['first at 10', 'third at 20', 'fourth at 35'])
  })

  it('share one timer, and leave none once nothing is open', async () => {
    const { clock, met, set } = started()
    const all = Array.from({ length: 100 }, (_, n) => set(1_800 + n, `n${n}`))
    expect(clock.timers()).to.equal(1)
    for (const callOff of all) callOff()
    expect(clock.timers()).to.equal(0)
    set(1_900, 'later')
    expect(clock.timers()).to.equal(1)
    await clock.advance(1_900)
    expect([met, clock.timers()]).to.deep.equal([['later at 1900'], 0])
  })

  it('are met also where thousands behind one that stays open were called off', async () => {
    const { clock, met, set } = started()
    set(5_000, 'first')
    for (let n = 0; n < 10_000; n += 1) {
      const callOff = set(6_000 + n, `n${n}`)
      if (n % 2_500 !== 0) callOff()
    }
    await clock.advance(20_000)
    expect(met).to.deep.equal(['first at 5000', 'n0 at 6000', 'n2500 at 8500', 'n5000 at 11000', 'n7500 at 13500'])
    expect(clock.timers()).to.equal(0)
  })

  it('may come out of their order', async () => {
    const { clock, met, set } = started()
    set(100, 'late')
    set(50, 'early')
    const callOff = set(60, 'never')
    callOff()
    await clock.advance(200)
    expect(met).to.deep.equal(['early at 50', 'late at 100'])
  })

  it('may be set and called off by one that is met', async () => {
    const clock = manualClock()
    const met: number[] = []
    const { at } = createDeadlines(clock)
    let callOff = () => {}
    at(10, () => {
      met.push(clock.elapsed())
      callOff()
      at(30, () => met.push(clock.elapsed()))
    })
    callOff = at(20, () => met.push(clock.elapsed()))
    await clock.advance(50)
    expect(met).to.deep.equal([10, 30])
    expect(clock.timers()).to.equal(0)
  })
})
