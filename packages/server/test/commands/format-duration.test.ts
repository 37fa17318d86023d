import { expect } from 'chai'
import { formatDuration } from '../../src/cli/shared/format.ts'

describe('formatDuration', () => {
  const DAY = 86_400_000
  for (const [ms, text] of [
    [0, '0s'],
    [999, '0s'],
    [41_000, '41s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [2 * DAY + 3 * 3_600_000 + 5_000, '2d 3h'],
    [-5_000, '0s'],
  ] as const)
    it(`formats ${ms} ms as ${text}`, () => expect(formatDuration(ms)).to.equal(text))
})
