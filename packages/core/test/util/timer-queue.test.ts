import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { createTimerQueue } from '../../src/util/timer-queue.ts'

describe('the timer queue', () => {
  const start = () => {
    const clock = manualClock()
    const ran: string[] = []
    const { at } = createTimerQueue(clock)
    return { clock, ran, set: (time: number, name: string) => at(time, () => ran.push(`${name} at ${clock.elapsed()}`)) }
  }

  it('runs its tasks in order, each at its time, unless it is cancelled', async () => {
    const { clock, ran, set } = start()
    set(10, 'first')
    const cancel = set(20, 'second')
    set(20, 'third')
    set(35, 'fourth')
    await clock.advance(12)
    cancel()
    await clock.advance(40)
    expect(ran).to.deep.equal(['first at 10', 'third at 20', 'fourth at 35'])
  })

  it('uses one timer of the clock, and none while it is empty', async () => {
    const { clock, ran, set } = start()
    const cancels = Array.from({ length: 100 }, (_, n) => set(1_800 + n, `n${n}`))
    expect(clock.timers()).to.equal(1)
    for (const cancel of cancels) cancel()
    expect(clock.timers()).to.equal(0)
    set(1_900, 'later')
    expect(clock.timers()).to.equal(1)
    await clock.advance(1_900)
    expect([ran, clock.timers()]).to.deep.equal([['later at 1900'], 0])
  })

  it('runs the tasks that remain when thousands of others were cancelled', async () => {
    const { clock, ran, set } = start()
    set(5_000, 'first')
    for (let n = 0; n < 10_000; n += 1) {
      const cancel = set(6_000 + n, `n${n}`)
      if (n % 2_500 !== 0) cancel()
    }
    await clock.advance(20_000)
    expect(ran).to.deep.equal(['first at 5000', 'n0 at 6000', 'n2500 at 8500', 'n5000 at 11000', 'n7500 at 13500'])
    expect(clock.timers()).to.equal(0)
  })

  it('accepts a task that is due before the last one', async () => {
    const { clock, ran, set } = start()
    set(100, 'late')
    set(50, 'early')
    const cancel = set(60, 'never')
    cancel()
    await clock.advance(200)
    expect(ran).to.deep.equal(['early at 50', 'late at 100'])
  })

  it('allows a task to set and cancel other tasks', async () => {
    const clock = manualClock()
    const ran: number[] = []
    const { at } = createTimerQueue(clock)
    let cancel = () => {}
    at(10, () => {
      ran.push(clock.elapsed())
      cancel()
      at(30, () => ran.push(clock.elapsed()))
    })
    cancel = at(20, () => ran.push(clock.elapsed()))
    await clock.advance(50)
    expect(ran).to.deep.equal([10, 30])
    expect(clock.timers()).to.equal(0)
  })
})
