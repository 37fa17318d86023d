import { type Delivery, giveUp, type Journal, JournalError, memory, retryAfter } from '@callboard/core'
import { manualClock, until } from '@callboard/testing'
import { expect } from 'chai'
import { kind, start, stopAll } from '../test-dispatcher.ts'

const HOUR = 3_600_000

/** A receiver that can be down, and remembers what it took. */
const receiver = () => {
  const taken: string[] = []
  const tried: string[] = []
  const state: { failure: Error | undefined } = { failure: undefined }
  const write = ({ event }: Delivery<unknown>) => {
    tried.push(event.id)
    if (state.failure) throw state.failure
    taken.push(`${event.key} ${event.eventTime}`)
  }
  return { taken, tried, state, write }
}

const groups = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `g${n}`)

describe('a failing sink', () => {
  afterEach(stopAll)

  it('gets a few probes while it is down for an hour, loses nothing and delays no other sink [F20]', async () => {
    const sick = receiver()
    const well = receiver()
    const { send, clock, dispatcher, attempts, journal } = await start({
      sinks: { sick: kind(sick.write)(), well: kind(well.write)() },
      routes: { '*': ['sick', 'well'] },
    })
    sick.state.failure = new Error('connection refused')
    for (let round = 0; round < 3; round += 1) for (const group of groups(300)) await send(group)
    await clock.advance(0)
    expect(well.taken).to.have.length(900)
    await clock.advance(HOUR)
    // Five open the breaker, while at most 16 are in flight; then 30 s, 60 s, 120 s, 240 s, and every 300 s.
    expect(sick.tried.length).to.be.within(5 + 14, 16 + 16)
    expect(attempts().filter((line) => line.startsWith('sick dead'))).to.deep.equal([])

    // Those few that were tried wait for their own next attempt, all others come at once.
    sick.state.failure = undefined
    await clock.advance(300_000)
    expect(sick.taken.length).to.be.at.least(900 - 3 * 16)
    await clock.advance(12 * HOUR)
    await dispatcher.idle()
    expect(sick.taken).to.have.length(900)
    for (const group of groups(300)) {
      const times = sick.taken.filter((line) => line.startsWith(`${group} `)).map((line) => Number(line.split(' ')[1]))
      expect(times)
        .to.deep.equal([...times].sort((a, b) => a - b))
        .and.have.length(3)
    }
    expect((await journal.stats()).sinks.sick).to.include({ pending: 0, dead: 0, delivered: 900 })
  })

  it('gets more and more deliveries when it works again, not all at once [F33]', async () => {
    let inFlight = 0
    const most: number[] = []
    let failing = true
    const ends: (() => void)[] = []
    const { send, clock } = await start({
      sinks: {
        slow: kind(async () => {
          if (failing) throw new Error('down')
          inFlight += 1
          most.push(inFlight)
          await new Promise<void>((resolve) => ends.push(resolve))
          inFlight -= 1
        })(),
      },
      routes: { '*': ['slow'] },
    })
    for (const group of groups(100)) await send(group)
    await clock.advance(0)
    failing = false
    await clock.advance(30_000)
    const seen: number[] = []
    for (let wave = 0; wave < 5; wave += 1) {
      seen.push(inFlight)
      for (const end of ends.splice(0)) end()
      await clock.advance(0)
    }
    expect(seen).to.deep.equal([1, 2, 8, 16, 16])
    expect(Math.max(...most)).to.equal(16)
  })

  it('uses no attempt of deliveries that wait for the circuit breaker [F20]', async () => {
    const sick = receiver()
    const { send, clock, journal } = await start({ sinks: { sick: kind(sick.write)({ retry: '1s 1s' }) }, routes: { '*': ['sick'] } })
    sick.state.failure = new Error('401')
    for (const group of groups(500)) await send(group)
    await clock.advance(0)
    sick.state.failure = undefined
    await clock.advance(HOUR)
    expect((await journal.stats()).sinks.sick).to.include({ delivered: 500, dead: 0 })
  })

  it('changes from open to half-open to healthy, with the reason', async () => {
    const sick = receiver()
    const { send, clock, signals, dispatcher } = await start({ sinks: { sick: kind(sick.write)() }, routes: { '*': ['sick'] } })
    sick.state.failure = new Error('connection refused')
    for (const group of groups(20)) await send(group)
    await clock.advance(0)
    expect(dispatcher.sinks()).to.deep.equal([
      { name: 'sick', kind: 'log', health: 'open', reason: 'connection refused', retryInMs: 30_000, inFlight: 0 },
    ])
    sick.state.failure = undefined
    await clock.advance(60_000)
    expect(dispatcher.sinks()).to.deep.equal([{ name: 'sick', kind: 'log', health: 'healthy', inFlight: 0 }])
    const told = signals.flatMap((signal) => (signal.type === 'sink' ? [signal.health] : []))
    expect(told).to.deep.equal(['open', 'half-open', 'healthy'])
  })

  it('that refuses one event receives all others [F32]', async () => {
    const poison = receiver()
    const { send, clock, dispatcher, attempts, journal } = await start({
      sinks: {
        sick: kind((delivery) => {
          if (delivery.event.key === 'g7') throw new Error('500')
          poison.write(delivery)
        })({ retry: '1s 1s 1s' }),
      },
      routes: { '*': ['sick'] },
    })
    for (const group of groups(2_000)) await send(group)
    await send('g7')
    await dispatcher.idle()
    expect(poison.taken).to.have.length(1_999)
    await clock.advance(10_000)
    expect(attempts().filter((line) => !line.includes('delivered'))).to.deep.equal([
      'sick retry 1',
      'sick retry 2',
      'sick retry 3',
      'sick dead 4',
      'sick retry 1',
      'sick retry 2',
      'sick retry 3',
      'sick dead 4',
    ])
    expect((await journal.stats()).sinks.sick).to.include({ delivered: 1_999, dead: 2, pending: 0 })
  })

  it('gets each event again after the pauses of its schedule, at most a fifth longer or shorter, and then the next event of the key [F23] [F32]', async () => {
    const times: number[] = []
    const taken: unknown[] = []
    const { send, clock } = await start({
      sinks: {
        sick: kind(({ event }) => {
          if (event.eventTime !== 1) return void taken.push([event.eventTime, clock.elapsed()])
          times.push(clock.elapsed())
          throw new Error('the receiver answered 503')
        })({ retry: '1s 5s 30s 2m' }),
      },
      routes: { '*': ['sick'] },
    })
    await send('g')
    await send('g')
    while (times.length < 5) await clock.step(HOUR)
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    for (const [index, planned] of [1_000, 5_000, 30_000, 120_000].entries()) {
      expect(pauses[index]).to.be.within(planned * 0.8, planned * 1.2 + 1)
    }
    await until(() => taken.length === 1)
    expect(taken).to.deep.equal([[2, times[4]]])
  })

  it('gets no attempt during the pause that it asked for [F24]', async () => {
    const sick = receiver()
    const { send, clock } = await start({ sinks: { sick: kind(sick.write)() }, routes: { '*': ['sick'] } })
    sick.state.failure = retryAfter(7_000, '429')
    await send('a')
    await clock.advance(0)
    sick.state.failure = undefined
    await send('b')
    await clock.advance(6_900)
    expect(sick.tried).to.have.length(1)
    await clock.advance(200)
    expect(sick.taken).to.have.length(2)
  })

  it('reports every duration in whole milliseconds, although the clock has fractions', async () => {
    const sick = receiver()
    const { send, clock, signals, dispatcher } = await start({ sinks: { sick: kind(sick.write)() }, routes: { '*': ['sick'] } })
    await clock.advance(0.26)
    sick.state.failure = retryAfter(7_000.4, '429')
    await send('a')
    await clock.advance(0.25)
    sick.state.failure = new Error('500')
    for (const group of groups(20)) await send(group)
    await clock.advance(7_100.13)
    const told = signals.flatMap((signal) => ('retryInMs' in signal ? [signal.retryInMs] : []))
    const states = dispatcher.sinks().flatMap(({ retryInMs }) => (retryInMs === undefined ? [] : [retryInMs]))
    expect(told).to.have.length.above(2)
    expect(states).to.have.length(1)
    expect([...told, ...states].filter((ms) => !Number.isInteger(ms))).to.deep.equal([])
  })

  it('is paused after giveUp with pause, and continues when it is resumed [F25]', async () => {
    const sick = receiver()
    const { send, clock, dispatcher, signals, attempts } = await start({
      sinks: { sick: kind(sick.write)({ concurrency: 1 }) },
      routes: { '*': ['sick'] },
    })
    sick.state.failure = giveUp('410', { pause: true })
    for (const group of groups(5)) await send(group)
    await clock.advance(HOUR)
    expect(attempts()).to.deep.equal(['sick dead 1'])
    const pausedSince = clock.now() - HOUR
    expect(dispatcher.sinks()).to.deep.equal([{ name: 'sick', kind: 'log', health: 'paused', reason: '410', pausedSince, inFlight: 0 }])
    expect(signals.filter(({ type }) => type === 'sink')).to.deep.equal([{ type: 'sink', sink: 'sick', health: 'paused', error: '410' }])
    sick.state.failure = undefined
    expect(await dispatcher.resume('sick')).to.equal(true)
    expect(await dispatcher.resume('nobody')).to.equal(false)
    await dispatcher.idle()
    expect(sick.taken).to.have.length(4)
  })

  it('is still paused when another dispatcher opens the same journal, and says since when and why [F25]', async () => {
    const clock = manualClock()
    const journal: Journal = { ...memory({ clock }), close: async () => {} }
    const sick = receiver()
    const options = { clock, journal, sinks: { sick: kind(sick.write)({ concurrency: 1 }) }, routes: { '*': ['sick'] } }
    sick.state.failure = giveUp('410', { pause: true })
    const first = await start(options)
    await first.send('a')
    await first.dispatcher.idle()
    const pausedSince = clock.now()
    await first.dispatcher.stop()

    sick.state.failure = undefined
    await clock.advance(HOUR)
    const { dispatcher, send, signals } = await start(options)
    await send('b')
    await clock.advance(HOUR)
    expect(sick.tried).to.have.length(1)
    expect(dispatcher.sinks()).to.deep.equal([{ name: 'sick', kind: 'log', health: 'paused', reason: '410', pausedSince, inFlight: 0 }])
    expect(signals.filter(({ type }) => type === 'sink')).to.deep.equal([{ type: 'sink', sink: 'sick', health: 'paused', error: '410' }])
    await dispatcher.resume('sick')
    await dispatcher.idle()
    expect(sick.taken).to.have.length(1)
    expect(dispatcher.sinks()[0]).to.include({ health: 'healthy' })
  })

  it('continues within 30 seconds when another process resumes it in a shared journal', async () => {
    const sick = receiver()
    const { send, clock, journal, dispatcher } = await start({
      sinks: { sick: kind(sick.write)({ concurrency: 1 }) },
      routes: { '*': ['sick'] },
    })
    sick.state.failure = giveUp('410', { pause: true })
    await send('a')
    await clock.advance(0)
    sick.state.failure = undefined
    // Each event asks for work. None of them may put off the check.
    for (const group of groups(10)) {
      await send(group)
      await clock.advance(10_000)
    }
    expect(sick.tried).to.have.length(1)
    await journal.resume('sick')
    await clock.advance(30_000)
    expect(sick.taken).to.have.length(10)
    expect(dispatcher.sinks()[0]).to.include({ health: 'healthy' })
  })

  it('gets no delivery whose claim arrives after it was paused, and that attempt does not count', async () => {
    const clock = manualClock()
    const whole = memory({ clock })
    const tried: (string | undefined)[] = []
    let endAttempt = () => {}
    let endClaim = () => {}
    const journal: Journal = {
      ...whole,
      // Without the claim requests: each delivery is claimed.
      append: (batch) => whole.append(batch),
      claim: async (request) => {
        const result = await whole.claim(request)
        if (result.claims.some(({ event }) => event.key === 'b')) await new Promise<void>((resolve) => (endClaim = resolve))
        return result
      },
    }
    const { send, dispatcher } = await start({
      clock,
      journal,
      sinks: {
        sick: kind(async ({ event }) => {
          tried.push(event.key)
          await new Promise<void>((resolve) => (endAttempt = resolve))
          throw giveUp('410', { pause: true })
        })(),
      },
      routes: { '*': ['sick'] },
    })
    await send('a')
    await until(() => tried.length === 1)
    await send('b')
    await clock.advance(0)
    endAttempt()
    await until(() => dispatcher.sinks()[0]?.health === 'paused')
    endClaim()
    await dispatcher.idle()
    expect(tried).to.deep.equal(['a'])
    const { events } = await journal.find({ limit: 1, order: 'newest' })
    expect(events[0]?.deliveries).to.deep.equal([{ sink: 'sick', state: 'pending', attempts: 0 }])
  })

  it('does not open its circuit breaker with giveUp', async () => {
    const sick = receiver()
    const { send, dispatcher, attempts } = await start({ sinks: { sick: kind(sick.write)() }, routes: { '*': ['sick'] } })
    sick.state.failure = giveUp('422')
    for (const group of groups(50)) await send(group)
    await dispatcher.idle()
    expect(attempts()).to.have.length(50)
    expect(dispatcher.sinks()[0]).to.include({ health: 'healthy' })
  })

  it('reports a corrupt journal that a claim or a settlement finds', async () => {
    const clock = manualClock()
    const whole = memory({ clock })
    for (const verb of ['claim', 'settle'] as const) {
      const broken = () => Promise.reject(new JournalError('corrupt', 'the disk is damaged'))
      const journal: Journal = { ...whole, [verb]: broken, close: async () => {} }
      const { send, signals } = await start({ clock, journal, sinks: { mine: () => {} }, routes: { '*': ['mine'] } })
      await send('a')
      await clock.advance(60_000)
      expect(signals).to.deep.include({ type: 'journal', code: 'corrupt', error: 'the disk is damaged' })
      expect(signals).to.deep.include({ type: 'sink', sink: 'mine', health: 'stalled', error: 'the disk is damaged' })
    }
  })

  it('with an open circuit breaker is probed after the cooldown, wherever the wall clock jumps [F66]', async () => {
    const sick = receiver()
    const { send, clock } = await start({ sinks: { sick: kind(sick.write)() }, routes: { '*': ['sick'] } })
    sick.state.failure = new Error('500')
    for (const group of groups(20)) await send(group)
    await clock.advance(0)
    const before = sick.tried.length
    for (const jump of [24 * HOUR, -48 * HOUR, 0]) {
      clock.jump(jump)
      await clock.advance(9_900)
      expect(sick.tried).to.have.length(before)
    }
    await clock.advance(600)
    expect(sick.tried).to.have.length(before + 1)
  })

  it('is not affected by jumps of the wall clock [F66]', async () => {
    const sick = receiver()
    const { send, clock } = await start({ sinks: { sick: kind(sick.write)({ retry: '10s 10s' }) }, routes: { '*': ['sick'] } })
    sick.state.failure = new Error('500')
    await send('a')
    await clock.advance(0)
    clock.jump(24 * HOUR)
    await clock.advance(5_000)
    expect(sick.tried).to.have.length(1)
    clock.jump(-48 * HOUR)
    await clock.advance(8_000)
    expect(sick.tried).to.have.length(2)
  })
})

describe('a sink', () => {
  afterEach(stopAll)

  it('is given the next event of a key before the journal has confirmed the end of the one before', async () => {
    const clock = manualClock()
    const whole = memory({ clock })
    const confirm: (() => void)[] = []
    const settle: Journal['settle'] = async (batch) => {
      const settled = await whole.settle(batch)
      await new Promise<void>((resolve) => confirm.push(resolve))
      return settled
    }
    const taken: number[] = []
    const { send } = await start({
      clock,
      // Hands nothing out, so that each delivery is claimed.
      journal: { ...whole, append: (batch) => whole.append(batch), settle },
      sinks: { mine: kind(({ event }) => taken.push(event.eventTime ?? 0))() },
      routes: { '*': ['mine'] },
    })
    await clock.advance(0)
    await Promise.all([send('g'), send('g')])
    await clock.advance(0)
    expect([taken.length, confirm.length]).to.deep.equal([2, 1])
    while (confirm.length > 0) {
      confirm.shift()?.()
      await clock.advance(0)
    }
  })

  it('tells each delivery whether others wait', async () => {
    const told: unknown[] = []
    const { send, clock, dispatcher } = await start({
      sinks: { mine: kind(({ othersWait }) => told.push(othersWait))() },
      routes: { '*': ['mine'] },
    })
    await clock.advance(0)
    // The first one is leased by the append, before the others wait.
    await Promise.all([send('g'), send('g'), send('g')])
    await dispatcher.idle()
    expect(told).to.deep.equal([false, true, false])
  })
})
