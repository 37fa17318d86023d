import { createDispatcher, type Delivery, definePlugin, defineSink, giveUp, type Journal, memory, struct, tryLater } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, kind, start, stopAll } from './running.ts'

describe('dispatcher', () => {
  afterEach(stopAll)

  it('hands a sink the decoded body, the bytes and what its hook shows', async () => {
    const got: Delivery<unknown>[] = []
    const { post, dispatcher } = await start({ sinks: { log: kind((delivery) => got.push(delivery))() }, routes: { '*': ['log'] } })
    const text = '{ "GroupId":"g",  "New":1 }'
    await post(undefined, undefined, text)
    await dispatcher.idle()
    expect(got).to.have.length(1)
    expect(got[0]).to.deep.include({ content: 'gone: g', sink: 'log', attempt: 1 })
    expect(got[0]?.event).to.deep.include({
      command: disbanded.command,
      app: 1,
      key: 'g',
      status: 'accepted',
      body: { GroupId: 'g', New: 1 },
    })
    expect(Buffer.from(got[0]?.event.raw ?? []).toString()).to.equal(text)
    expect(got[0]?.event.query).to.have.property('ClientIP', '127.0.0.1')
    expect(got[0]?.event.query).not.to.have.property('Sign')
  })

  it('takes a plain function for a sink, and narrows its event', async () => {
    const groups: string[] = []
    const { send, dispatcher } = await start({
      sinks: {
        mine: async (event) => {
          if (disbanded.is(event)) groups.push(event.body.GroupId)
        },
      },
      routes: { '*': ['mine'] },
    })
    await send('a')
    await dispatcher.idle()
    expect(groups).to.deep.equal(['a'])
  })

  it('starts no sink before the answer is known', async () => {
    const order: string[] = []
    const { send, dispatcher } = await start({ sinks: { mine: () => order.push('sink') }, routes: { '*': ['mine'] } })
    await send('a').then(() => order.push('answer'))
    await dispatcher.idle()
    expect(order).to.deep.equal(['answer', 'sink'])
  })

  it('tries again after the pauses of the schedule, then the delivery is dead', async () => {
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

  it('is dead at once when the sink gives up, and waits as long as the sink asks', async () => {
    const asks = kind(({ attempt }) => {
      if (attempt === 1) throw tryLater('429', 60_000)
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

  it('keeps the order of a key while one of its events is tried again, and lets other keys pass', async () => {
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

  it('ends an attempt at its timeout, also of a sink that does not listen', async () => {
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

  it('lets a sick sink delay neither the answer nor another sink', async () => {
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

  it('delivers a duplicate once, and answers it OK', async () => {
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

  it('takes equal bodies that name no occurrence for two events', async () => {
    const { post, journal } = await start()
    for (const _ of [1, 2]) await post({ GroupId: 'g' })
    expect((await journal.find({ limit: 5, order: 'oldest' })).events).to.have.length(2)
  })

  it('delivers what the journal still holds as soon as it starts', async () => {
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

  it('makes a delivery dead whose body no longer decodes, and shows one without a plugin as unknown', async () => {
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

  it('stop waits for what is in flight, gives the rest back uncounted, and closes the sinks', async () => {
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
    expect(dispatcher.troubles()).to.deep.equal(['stopping'])
    finish()
    await clock.advance(5_000)
    await stopped
    expect(attempts()).to.deep.equal(['slow delivered 1', 'deaf released 1'])
    expect(closed).to.have.members(['slow', 'deaf'])
  })

  it('leaves no timer behind when it stops while a claim is under way', async () => {
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

  it('holds no more than 1 000 answers for a journal that hangs, and stores nothing twice when it comes back', async () => {
    const clock = manualClock()
    const inner = memory({ clock })
    let heal = () => {}
    const healed = new Promise<void>((resolve) => {
      heal = resolve
    })
    const journal: Journal = { ...inner, append: (batch) => healed.then(() => inner.append(batch)) }
    const { send, dispatcher } = await start({ clock, journal })
    let answers = 0
    const all = Array.from({ length: 1_003 }, (_, index) =>
      send(`g${index}`).then((answer) => {
        answers += 1
        return answer
      }),
    )
    await clock.advance(1_799)
    expect(answers).to.equal(0)
    await clock.advance(1)
    expect(answers).to.equal(3)
    await clock.advance(400)
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).to.deep.equal(new Set([503]))
    heal()
    await dispatcher.idle()
    expect((await inner.stats()).events).to.equal(1_003)
  })

  it('takes other apps while it runs, and keeps the old ones where the new ones are wrong', async () => {
    const { dispatcher, send } = await start()
    expect((await send('a')).status).to.equal(200)
    expect(() => dispatcher.setApps([{ sdkAppId: 2, tokens: [] }])).to.throw('without a token')
    expect((await send('b')).status).to.equal(200)
    dispatcher.setApps([{ sdkAppId: 2, verify: 'none' }])
    expect((await send('c')).status).to.equal(403)
  })

  it('refuses wrong options with everything that is wrong at once, and closes the journal', async () => {
    const journal = memory()
    const wrong = createDispatcher({
      apps: [{ sdkAppId: 1, tokens: [] }],
      plugins: [disbanded, definePlugin({ ...disbandedSpec })],
      sinks: { bad: kind(() => {})({ retry: 'soon', timeout: 'x' }) },
      routes: { '*': ['bad', 'missing'] },
      journal,
    })
    const error: unknown = await wrong.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(Error)
    expect(String(error).split('\n')).to.have.length(5)
    expect(String(error))
      .to.match(/without a token/)
      .and.match(/two different plugins/)
      .and.match(/retry/)
      .and.match(/timeout/)
      .and.match(/no sink is called "missing"/)
    const stats: unknown = await journal.stats().catch((reason: unknown) => reason)
    expect(stats).to.have.property('why', 'closed')
  })

  it('closes the sinks that did open when another does not', async () => {
    const closed: string[] = []
    const fails = defineSink({
      kind: 'x',
      options: struct({}),
      open: () => {
        throw new Error('no such host')
      },
    })
    const error: unknown = await createDispatcher({
      apps: [{ sdkAppId: 1, verify: 'none' }],
      plugins: [],
      sinks: {
        good: kind(
          () => {},
          () => closed.push('good'),
        )(),
        bad: fails(),
      },
      routes: {},
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(String(error)).to.contain('sinks.bad: cannot be opened: no such host')
    expect(closed).to.deep.equal(['good'])
  })
})

const disbandedSpec = { command: disbanded.command, title: 'again', body: struct({}), sample: {} }
