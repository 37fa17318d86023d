import { duration, size, writeDuration } from '@callboard/core'
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

  const written = [
    [0, '0ms'],
    [1, '1ms'],
    [29_999.74, '30s'],
    [1_500, '1500ms'],
    [1_600, '1600ms'],
    [15_000, '15s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [5_400_000, '90m'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [604_800_000, '7d'],
  ] as const
  for (const [ms, text] of written) {
    it(`${ms} ms are written as ${text}, which reads as the same duration`, () => {
      expect(writeDuration(ms)).to.equal(text)
      expect(duration.decode(text)).to.have.property('right', Math.round(ms))
    })
  }

  it('are refused with an unknown unit', () => {
    for (const given of ['5', '5 parsecs', '-1s', 's', '', null, -1, Number.NaN])
      expect(duration.decode(given)._tag, String(given)).to.equal('Left')
  })
})
