import { type EventMap, type EventName, giveUp, type Log, memory, type On } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, kind, start, stopAll } from '../test-dispatcher.ts'

const names: readonly EventName[] = ['accepted', 'rejected', 'delivered', 'failed', 'dead', 'sink', 'journal']

/** Listens to everything, and gives what was told by name. */
const listening = ({ on }: { readonly on: On }) => {
  const told: { readonly [N in EventName]: EventMap[N][] } = {
    accepted: [],
    rejected: [],
    delivered: [],
    failed: [],
    dead: [],
    sink: [],
    journal: [],
  }
  const listen = <N extends EventName>(name: N) => on(name, (happened) => told[name].push(happened))
  const offs = names.map((name) => listen(name))
  return { told, counts: () => names.flatMap((name) => (told[name].length > 0 ? [`${name} ${told[name].length}`] : [])), offs }
}

const logging = () => {
  const lines: (readonly [fields: Readonly<Record<string, unknown>>, message: string])[] = []
  const silent = () => {}
  const log: Log = { info: silent, warn: silent, error: (...line) => lines.push(line) }
  return { log, lines }
}

describe('callboard.on', () => {
  afterEach(stopAll)

  it('emits `accepted` for stored, duplicate, unknown and quarantined events', async () => {
    const { dispatcher, post } = await start()
    const { told } = listening(dispatcher)
    const body = { GroupId: 'g', EventTime: 1 }
    await post(body)
    await post(body)
    await post({ GroupId: 1 })
    await post(body, 'Group.CallbackNobodyKnows')
    expect(told.accepted.map(({ event, fault }) => [event.command, event.status, event.duplicate, fault?._tag])).to.deep.equal([
      [disbanded.command, 'accepted', false, undefined],
      [disbanded.command, 'accepted', true, undefined],
      [disbanded.command, 'quarantined', false, 'InvalidBody'],
      ['Group.CallbackNobodyKnows', 'unknown', false, 'UnknownCommand'],
    ])
    const [first, again] = told.accepted
    expect(first?.event.id).to.be.a('string').and.equal(again?.event.id)
    expect(told.rejected).to.deep.equal([])
  })

  it('emits `rejected` with the fault of a refused request', async () => {
    const { dispatcher, post } = await start()
    const { told, counts } = listening(dispatcher)
    await post(undefined, undefined, '[]')
    dispatcher.refuse({ _tag: 'NotFound' })
    expect(told.rejected.map(({ status, fault }) => [status, fault._tag])).to.deep.equal([
      [400, 'Malformed'],
      [404, 'NotFound'],
    ])
    expect(counts()).to.deep.equal(['rejected 2'])
  })

  it('does not emit `accepted` for an event whose answer was 503', async () => {
    const clock = manualClock()
    const journal = { ...memory({ clock }), append: () => Promise.reject(new Error('the disk is gone')) }
    const { dispatcher, send } = await start({ clock, journal })
    const { told, counts } = listening(dispatcher)
    const answer = send('g')
    await clock.advance(2_200)
    expect((await answer).status).to.equal(503)
    expect(told.rejected[0]).to.deep.include({ status: 503, fault: { _tag: 'NotRecorded', reason: 'down' } })
    expect(counts()).to.include('rejected 1').and.not.include('accepted 1')
    expect(told.journal[0]).to.include({ error: 'the disk is gone' })
  })

  it('emits attempts as `delivered`, `failed` or `dead`', async () => {
    const { dispatcher, send, clock } = await start({
      sinks: {
        good: () => {},
        never: () => {
          throw giveUp('the receiver says 422')
        },
        later: () => {
          throw new Error('connection refused')
        },
      },
      routes: { '*': ['good', 'never', 'later'] },
    })
    const { told, counts } = listening(dispatcher)
    await send('g')
    await dispatcher.idle()
    expect(counts()).to.deep.equal(['accepted 1', 'delivered 1', 'failed 1', 'dead 1'])
    const [id] = told.accepted.map(({ event }) => event.id)
    expect(told.delivered[0]).to.include({ sink: 'good', id, app: 1, command: disbanded.command, attempt: 1, receivedAt: clock.now() })
    expect(told.dead[0]).to.include({ sink: 'never', id, error: 'the receiver says 422' })
    expect(told.failed[0]).to.include({ sink: 'later', id, error: 'connection refused' })
    expect(told.failed[0]?.retryInMs).to.be.above(0)
  })

  it('emits `sink` when the health of a sink changes', async () => {
    const { dispatcher, send } = await start({
      sinks: {
        gone: kind(() => {
          throw giveUp('410', { pause: true })
        })(),
      },
      routes: { '*': ['gone'] },
    })
    const { told } = listening(dispatcher)
    await send('g')
    await dispatcher.idle()
    expect(told.sink.map(({ sink, health }) => `${sink} ${health}`)).to.deep.equal(['gone paused'])
  })

  it('calls each listener until it is removed', async () => {
    const { dispatcher, send } = await start()
    const heard: string[] = []
    const off = dispatcher.on('accepted', () => heard.push('first'))
    dispatcher.on('accepted', () => heard.push('second'))
    await send('a')
    off()
    off()
    await send('b')
    expect(heard).to.deep.equal(['first', 'second', 'second'])
  })

  it('logs the error of a listener, many errors as one line, and goes on', async () => {
    const { log, lines } = logging()
    const heard: string[] = []
    const { dispatcher, send } = await start({
      log,
      listener: () => {
        throw new Error('from the option')
      },
      sinks: { mine: () => heard.push('delivered') },
      routes: { '*': ['mine'] },
    })
    dispatcher.on('accepted', () => {
      throw new Error('from a listener')
    })
    dispatcher.on('accepted', async () => {
      throw new Error('from an async listener')
    })
    dispatcher.on('accepted', () => heard.push('told'))
    expect((await send('a')).status).to.equal(200)
    expect((await send('b')).status).to.equal(200)
    await dispatcher.idle()
    expect(heard.toSorted()).to.deep.equal(['delivered', 'delivered', 'told', 'told'])
    expect(lines.map(([, message]) => message)).to.deep.equal(['callboard.on listener failed'])
  })

  for (const [how, fails] of [
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
  ] as const) {
    it(`logs the error when a listener ${how}`, async () => {
      const { log, lines } = logging()
      const { dispatcher, send } = await start({ log })
      dispatcher.on('accepted', fails)
      await send('a')
      expect(lines.map(([{ err }]) => String(err))).to.deep.equal(['Error: mine'])
    })
  }

  it('throws for an unknown name and lists the known ones', async () => {
    const { dispatcher } = await start()
    for (const wrong of ['acepted', 'toString'])
      expect(() => Reflect.apply(dispatcher.on, undefined, [wrong, () => {}])).to.throw(
        TypeError,
        `unknown event "${wrong}"; expected one of: accepted, rejected, delivered, failed, dead, sink, journal`,
      )
  })
})
