import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { monotonicWallClock } from '../src/sqlite/monotonic-wall-clock.ts'

describe('monotonicWallClock', () => {
  it('starts at the wall clock and ignores later jumps of it [F66]', async () => {
    const clock = manualClock(1_000_000)
    const now = monotonicWallClock(clock)
    expect(now()).to.equal(1_000_000)
    clock.jump(86_400_000)
    expect(now()).to.equal(1_000_000)
    await clock.advance(5_000)
    clock.jump(-2 * 86_400_000)
    expect(now()).to.equal(1_005_000)
    expect(monotonicWallClock(clock)()).to.equal(clock.now())
  })
})
