import { DEFAULT_LIMITS, type SinkWriter, type StoredEvent } from '@callboard/core'
import { type ManualClock, manualClock } from '@callboard/testing'
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

const startAttempt = (writer: SinkWriter, timeoutMs: number, clock: ManualClock) => {
  const sink: RunningSink = { name: 'mine', kind: 'log', writer, ordered: true, concurrency: 1, timeoutMs, schedule: [] }
  const deps = { plugins: new Map(), limits: DEFAULT_LIMITS, clock, random: () => 0.5, watchdog: noWatchdog }
  return createAttempts(deps)(sink)({ token: '', event, attempt: 1, replay: false }, () => false)
}

describe('an attempt', () => {
  it('is released without a write when Callboard stops while the body waits to be decoded', async () => {
    let written = 0
    const write = async () => {
      written += 1
    }
    const attempt = startAttempt({ write }, 1_000, manualClock())
    attempt.stop(new Error('Callboard is stopping'))
    expect(await attempt.result).to.deep.equal({ outcome: { type: 'released' }, blame: 'unknown' })
    expect(written).to.equal(0)
  })

  it('is dead without a write when the process ended during the last attempts [F18]', async () => {
    const written: number[] = []
    const sink: RunningSink = {
      name: 'mine',
      kind: 'log',
      writer: {
        write: async ({ attempt }) => {
          written.push(attempt)
        },
      },
      ordered: true,
      concurrency: 1,
      timeoutMs: 1_000,
      schedule: [1, 1],
    }
    const deps = { plugins: new Map(), limits: DEFAULT_LIMITS, clock: manualClock(), random: () => 0.5, watchdog: noWatchdog }
    const outcomeOf = async (attempt: number) =>
      (await createAttempts(deps)(sink)({ token: '', event, attempt, replay: false }, () => false).result).outcome
    // The schedule allows three attempts. Three more may have been cut off by other reasons.
    expect(await outcomeOf(6)).to.deep.equal({ type: 'delivered' })
    expect(await outcomeOf(7)).to.deep.equal({ type: 'dead', error: 'the process ended during each of its last attempts' })
    expect(written).to.deep.equal([6])
  })

  for (const [timeoutMs, text] of [
    [15_000, '15s'],
    [1_500, '1500ms'],
    [120_000, '2m'],
  ] as const) {
    it(`that takes longer than ${timeoutMs} ms fails with its timeout as people write it, ${text}`, async () => {
      const clock = manualClock()
      const attempt = startAttempt({ write: () => new Promise(() => {}) }, timeoutMs, clock)
      await clock.advance(timeoutMs + 2_000)
      const { outcome } = await attempt.result
      expect(outcome).to.deep.equal({ type: 'dead', error: `no answer within ${text}` })
    })
  }
})
