import { DEFAULT_LIMITS, type StoredEvent } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { attempts, type RunningSink } from '../../src/delivery/attempt.ts'
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
  it('is not made after Callboard was told to stop, while its body waited to be decoded', async () => {
    let written = 0
    const sink: RunningSink = {
      name: 'mine',
      kind: 'log',
      open: {
        write: async () => {
          written += 1
        },
      },
      ordered: true,
      concurrency: 1,
      timeoutMs: 1_000,
      schedule: [],
    }
    const attempting = attempts(new Map(), { limits: DEFAULT_LIMITS, clock: manualClock(), random: () => 0.5, watch: noWatchdog })(sink)({
      token: '',
      event,
      attempt: 1,
      replay: false,
    })
    attempting.stop(new Error('Callboard is stopping'))
    expect(await attempting.ended).to.deep.equal({ outcome: { type: 'released' }, blame: 'unknown' })
    expect(written).to.equal(0)
  })
})
