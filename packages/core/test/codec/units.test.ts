import { duration, size } from '@callboard/core'
import { expect } from 'chai'

describe('durations and sizes in options', () => {
  const cases = [
    [duration, '1500ms', 1_500],
    [duration, '1.5s', 1_500],
    [duration, '2m', 120_000],
    [duration, '7d', 604_800_000],
    [duration, 250, 250],
    [size, '1MiB', 1_048_576],
    [size, '10MB', 10_000_000],
    [size, '64 KiB', 65_536],
    [size, 7, 7],
  ] as const
  for (const [codec, given, expected] of cases) {
    it(`${JSON.stringify(given)} is ${expected}`, () => {
      expect(codec.decode(given)).to.have.property('right', expected)
    })
  }

  it('are refused with an unknown unit', () => {
    for (const given of ['5', '5 parsecs', '-1s', 's', '', null, -1, Number.NaN])
      expect(duration.decode(given)._tag, String(given)).to.equal('Left')
  })
})
