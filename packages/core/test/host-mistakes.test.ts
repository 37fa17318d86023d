import type { Clock, Log } from '@callboard/core'
import { expect } from 'chai'
import { createTolerantClock, systemClock } from '../src/util/clock.ts'
import { disbanded, kind, start, stopAll } from './test-dispatcher.ts'

// A host may give functions that fail to `createCallboard`.

const fail = () => {
  throw new Error('the host’s own mistake')
}
const failingLog: Log = { info: fail, warn: fail, error: fail }
const reject = async () => fail()
const rejectingLog: Log = { info: reject, warn: reject, error: reject }

describe('a host whose functions throw', () => {
  afterEach(stopAll)

  const hosts = {
    'log throws': { log: failingLog },
    'log rejects': { log: rejectingLog },
    'listener throws': { listener: fail },
    'listener throws and log, too': { listener: fail, log: failingLog },
    'watchdog throws': { watchdog: { enter: fail, leave: fail } },
  }
  for (const [name, host] of Object.entries(hosts)) {
    it(`still answers, stores and delivers when its ${name}`, async () => {
      const delivered: unknown[] = []
      const { send, post, dispatcher } = await start({
        sinks: { mine: kind(({ event }) => delivered.push(event.id))(), sick: kind(fail)() },
        routes: { [disbanded.command]: ['mine', 'sick'], '*': ['mine'] },
        ...host,
      })
      for (const name of ['accepted', 'dead', 'delivered', 'failed'] as const) dispatcher.on(name, fail)
      expect((await send('g')).status).to.equal(200)
      expect((await post({ GroupId: 7 })).status).to.equal(200)
      expect((await post({}, 'Unknown.Command')).status).to.equal(200)
      expect((await post([])).status).to.equal(400)
      await dispatcher.idle()
      expect(delivered).to.have.length(2)
    })
  }
})

describe('a clock of a host that throws', () => {
  const failing: Clock = { now: fail, elapsed: fail, after: fail }

  it('stands still, and its timers are those of the machine', async () => {
    const clock = createTolerantClock(failing)
    expect([clock.now(), clock.elapsed()]).to.deep.equal([0, 0])
    await new Promise<void>((resolve) => clock.after(1, resolve))
    const cancel = clock.after(1, () => expect.fail('the timer was cancelled'))
    cancel()
  })

  it('shows its last time while it fails, or while its time is no number', () => {
    let read: () => number = () => 5
    const clock = createTolerantClock({ ...systemClock, now: () => read() })
    expect(clock.now()).to.equal(5)
    read = fail
    expect(clock.now()).to.equal(5)
    read = () => Number.NaN
    expect(clock.now()).to.equal(5)
    read = () => 6
    expect(clock.now()).to.equal(6)
  })

  it('is not wrapped when it is the clock of the machine', () => {
    expect(createTolerantClock(systemClock)).to.equal(systemClock)
  })
})
