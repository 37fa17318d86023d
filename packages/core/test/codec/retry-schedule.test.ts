import { retrySchedule } from '@callboard/core'
import { expect } from 'chai'

describe('a retry schedule in options', () => {
  for (const [text, delays] of [
    ['1s 5s 30s 2m', [1_000, 5_000, 30_000, 120_000]],
    ['250ms 1h 1d', [250, 3_600_000, 86_400_000]],
    ['', []],
  ] as const) {
    it(`${JSON.stringify(text)} is ${JSON.stringify(delays)} in milliseconds, and is written the same way again`, () => {
      expect(retrySchedule.decode(text)).to.have.property('right').that.deep.equals(delays)
      expect(retrySchedule.encode(delays)).to.equal(text)
    })
  }
})
