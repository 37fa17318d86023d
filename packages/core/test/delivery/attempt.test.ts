import { DEFAULT_LIMITS, type StoredEvent } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { createAttempts } from '../../src/delivery/attempt.ts'
import type { RunningSink } from '../../src/delivery/open-sinks.ts'
import { noWatchdog } from '../../src/util/watchdog-hook.ts'

const event: StoredEvent = {
  id: 'one',
  app: 1,
  command: 'A.B',
  status: 'unknown',
  receivedAt: 0,
  query: {},
  raw: new TextEncoder().encode('{}'),
}

describe('an attempt', () => {
  it('is released without a write when Callboard stops while the body waits to be decoded', async () => {
    let written = 0
    const sink: RunningSink = {
      name: 'mine',
      kind: 'log',
      writer: {
        write: async () => {
          written += 1
        },
      },
      ordered: true,
      concurrency: 1,
      timeoutMs: 1_000,
      schedule: [],
    }
    const startAttempt = createAttempts({
      plugins: new Map(),
      limits: DEFAULT_LIMITS,
      clock: manualClock(),
      random: () => 0.5,
      watchdog: noWatchdog,
    })(sink)
    const attempt = startAttempt({ token: '', event, attempt: 1, replay: false })
    attempt.stop(new Error('Callboard is stopping'))
    expect(await attempt.result).to.deep.equal({ outcome: { type: 'released' }, blame: 'unknown' })
    expect(written).to.equal(0)
  })
})
