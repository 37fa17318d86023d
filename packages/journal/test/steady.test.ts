import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { steady } from '../src/sqlite/monotonic-wall-clock.ts'

describe('the time of a journal', () => {
  it('begins with the wall clock, and then heeds no jump of it', async () => {
    const clock = manualClock(1_000_000)
    const now = steady(clock)
    expect(now()).to.equal(1_000_000)
    clock.jump(86_400_000)
    expect(now()).to.equal(1_000_000)
    await clock.advance(5_000)
    clock.jump(-2 * 86_400_000)
    expect(now()).to.equal(1_005_000)
    expect(steady(clock)()).to.equal(clock.now())
  })
})
