import { giveUp, type Journal, memory, retryAfter } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, kind, start, stopAll } from '../test-dispatcher.ts'

describe('a delivery', () => {
  afterEach(stopAll)

  it('is retried after the pauses of its schedule and is then dead', async () => {
    const { send, dispatcher, clock, attempts, journal } = await start({
      sinks: {
        mine: kind(() => {
          throw new Error('no')
        })({ retry: '1s 5s' }),
      },
      routes: { '*': ['mine'] },
    })
    await send('a')
    await dispatcher.idle()
    await clock.advance(799)
    expect(attempts()).to.deep.equal(['mine retry 1'])
    await clock.advance(401)
    expect(attempts()).to.deep.equal(['mine retry 1', 'mine retry 2'])
    await clock.advance(6_000)
    expect(attempts()).to.deep.equal(['mine retry 1', 'mine retry 2', 'mine dead 3'])
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.deliveries).to.deep.equal([
      { sink: 'mine', state: 'dead', attempts: 3, error: 'no' },
    ])
  })

  it('is dead at once after giveUp, and waits as long as retryAfter asks', async () => {
    const asks = kind(({ attempt }) => {
      if (attempt === 1) throw retryAfter(60_000, '429')
    })()
    const { send, dispatcher, clock, attempts } = await start({
      sinks: {
        gives: kind(() => {
          throw giveUp('422')
        })(),
        asks,
      },
      routes: { '*': ['gives', 'asks'] },
    })
    await send('a')
    await dispatcher.idle()
    expect(attempts()).to.have.members(['gives dead 1', 'asks retry 1'])
    await clock.advance(59_999)
    expect(attempts()).to.have.length(2)
    await clock.advance(1)
    expect(attempts()).to.include('asks delivered 2')
  })

  it('keeps the order of its key during a retry, and other keys pass', async () => {
    const got: string[] = []
    const { send, dispatcher, clock } = await start({
      sinks: {
        mine: kind(({ event, attempt }) => {
          if (event.key === 'a' && got.length === 0 && attempt === 1) throw new Error('once')
          got.push(`${event.key}${event.eventTime}`)
        })(),
      },
      routes: { '*': ['mine'] },
    })
    for (const group of ['a', 'a', 'b']) await send(group)
    await dispatcher.idle()
    expect(got).to.deep.equal(['b3'])
    await clock.advance(1_200)
    await dispatcher.idle()
    expect(got).to.deep.equal(['b3', 'a1', 'a2'])
  })

  it('ends an attempt at its timeout, also when the sink ignores the signal [F18]', async () => {
    const { send, clock, attempts } = await start({
      sinks: { deaf: kind(() => new Promise(() => {}))({ timeout: '2s' }) },
      routes: { '*': ['deaf'] },
    })
    await send('a')
    await clock.advance(2_999)
    expect(attempts()).to.deep.equal([])
    await clock.advance(1)
    expect(attempts()).to.deep.equal(['deaf retry 1'])
  })

  it('to a hanging sink delays neither the answer nor another sink [F21]', async () => {
    const got: string[] = []
    const { send, attempts } = await start({
      sinks: { sick: kind(() => new Promise(() => {}))({ concurrency: 1 }), well: kind(({ event }) => got.push(event.key ?? ''))() },
      routes: { '*': ['sick', 'well'] },
    })
    for (const group of ['a', 'b', 'c']) expect((await send(group)).status).to.equal(200)
    await new Promise((resolve) => setImmediate(resolve))
    expect(got).to.deep.equal(['a', 'b', 'c'])
    expect(attempts()).to.deep.equal(['well delivered 1', 'well delivered 1', 'well delivered 1'])
  })

  it('of a duplicate is made once, and the duplicate is answered OK', async () => {
    const got: string[] = []
    const { post, dispatcher, journal } = await start({
      sinks: { mine: kind(({ event }) => got.push(event.id))() },
      routes: { '*': ['mine'] },
    })
    for (const _ of [1, 2, 3]) expect((await post({ GroupId: 'g', EventTime: 7 })).status).to.equal(200)
    await dispatcher.idle()
    expect(got).to.have.length(1)
    expect((await journal.find({ limit: 5, order: 'oldest' })).events.map(({ duplicates }) => duplicates)).to.deep.equal([2])
  })

  it('that is pending in the journal is made after a restart', async () => {
    const clock = manualClock()
    const journal = memory({ clock })
    await journal.append([
      {
        id: 'x',
        app: 1,
        command: disbanded.command,
        key: 'g',
        status: 'accepted',
        receivedAt: 0,
        query: {},
        raw: Buffer.from('{"GroupId":"g"}'),
        sinks: ['mine'],
      },
    ])
    const got: string[] = []
    const { dispatcher } = await start({ clock, journal, sinks: { mine: kind(({ event }) => got.push(event.id))() }, routes: {} })
    await dispatcher.idle()
    expect(got).to.deep.equal(['x'])
  })

  it('is dead when its body no longer decodes, and unknown without a plugin', async () => {
    const clock = manualClock()
    const journal = memory({ clock })
    const event = { app: 1, status: 'accepted', receivedAt: 0, query: {}, raw: Buffer.from('{"GroupId":7}'), sinks: ['mine'] } as const
    await journal.append([
      { ...event, id: 'old', command: disbanded.command },
      { ...event, id: 'orphan', command: 'Group.Gone' },
    ])
    const got: string[] = []
    const { dispatcher, attempts } = await start({
      clock,
      journal,
      sinks: { mine: kind(({ event: { id, status } }) => got.push(`${id} ${status}`))() },
    })
    await dispatcher.idle()
    expect(got).to.deep.equal(['orphan unknown'])
    expect(attempts()).to.have.members(['mine dead 1', 'mine delivered 1'])
  })

  it('in flight is awaited by stop, later ones are released, and the sinks are closed', async () => {
    const closed: string[] = []
    let finish = () => {}
    const slow = kind(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
      () => closed.push('slow'),
    )()
    const deaf = kind(
      () => new Promise(() => {}),
      () => closed.push('deaf'),
    )()
    const { send, dispatcher, clock, attempts } = await start({ sinks: { slow, deaf }, routes: { '*': ['slow', 'deaf'] } })
    await send('a')
    await new Promise((resolve) => setImmediate(resolve))
    const stopped = dispatcher.stop(2_000)
    expect(dispatcher.unavailableReasons()).to.deep.equal(['stopping'])
    finish()
    await clock.advance(5_000)
    await stopped
    expect(attempts()).to.deep.equal(['slow delivered 1', 'deaf released 1'])
    expect(closed).to.have.members(['slow', 'deaf'])
  })

  it('leaves no timer when Callboard stops during a claim', async () => {
    const clock = manualClock()
    const journal = memory({ clock })
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const claim: Journal['claim'] = async (ask) => {
      await held
      return journal.claim(ask)
    }
    const { dispatcher } = await start({ clock, journal: { ...journal, claim }, sinks: { mine: () => {} }, routes: { '*': ['mine'] } })
    const stopped = dispatcher.stop()
    await clock.advance(0)
    release()
    await stopped
    expect(clock.timers()).to.equal(0)
  })
})
