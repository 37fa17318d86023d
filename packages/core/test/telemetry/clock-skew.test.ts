import { type Log, silentLog } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { createEventLog } from '../../src/telemetry/event-log.ts'
import type { TelemetryEvent } from '../../src/telemetry/events.ts'

const expired = (skew: number): TelemetryEvent => ({
  type: 'answered',
  status: 403,
  ms: 0,
  fault: { _tag: 'Unauthorized', reason: 'expired', skew },
})
const forged: TelemetryEvent = { type: 'answered', status: 403, ms: 0, fault: { _tag: 'Unauthorized', reason: 'bad_sign' } }
const accepted: TelemetryEvent = {
  type: 'answered',
  status: 200,
  ms: 0,
  event: { id: 'e', app: 1, command: 'Group.X', status: 'accepted', duplicate: false },
}

describe('the clock skew warning', () => {
  const bench = () => {
    const errors: string[] = []
    const clock = manualClock()
    const log: Log = { ...silentLog, error: (_: unknown, text?: string) => errors.push(String(text)) }
    return { errors, clock, tell: createEventLog(log, clock) }
  }

  it('is logged once a minute while genuine requests are out of time [F65]', async () => {
    const { errors, clock, tell } = bench()
    for (let n = 0; n < 4; n += 1) tell(expired(-600))
    expect(errors).to.deep.equal([])
    for (let n = 0; n < 20; n += 1) tell(expired(-600))
    expect(errors).to.have.length(1)
    expect(errors[0]).to.contain('clock skew: this machine is about 600 s behind Tencent')
    await clock.advance(60_000)
    for (let n = 0; n < 5; n += 1) tell(expired(600))
    expect(errors).to.have.length(2)
    expect(errors[1]).to.contain('600 s ahead of Tencent')
  })

  it('is not logged for a single late request among accepted ones, nor for forged requests', () => {
    const { errors, tell } = bench()
    for (let n = 0; n < 20; n += 1) {
      tell(expired(90))
      tell(forged)
      if (n % 3 === 0) tell(accepted)
    }
    expect(errors).to.deep.equal([])
  })
})
