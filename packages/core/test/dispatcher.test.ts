import { createDispatcher, type Delivery, definePlugin, defineSink, type Journal, memory, struct } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, kind, start, stopAll } from './test-dispatcher.ts'

describe('the dispatcher', () => {
  afterEach(stopAll)

  it('passes the decoded body, the bytes and the payload to a sink', async () => {
    const got: Delivery<unknown>[] = []
    const { post, dispatcher } = await start({ sinks: { log: kind((delivery) => got.push(delivery))() }, routes: { '*': ['log'] } })
    const text = '{ "GroupId":"g",  "New":1 }'
    await post(undefined, undefined, text)
    await dispatcher.idle()
    expect(got).to.have.length(1)
    expect(got[0]).to.deep.include({ payload: 'gone: g', sink: 'log', attempt: 1 })
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

  it('accepts a function as a sink and narrows its event', async () => {
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

  it('starts no delivery before the answer is known', async () => {
    const order: string[] = []
    const { send, dispatcher } = await start({ sinks: { mine: () => order.push('sink') }, routes: { '*': ['mine'] } })
    await send('a').then(() => order.push('answer'))
    await dispatcher.idle()
    expect(order).to.deep.equal(['answer', 'sink'])
  })

  it('stores two events for equal bodies that name no occurrence', async () => {
    const { post, journal } = await start()
    for (const _ of [1, 2]) await post({ GroupId: 'g' })
    expect((await journal.find({ limit: 5, order: 'oldest' })).events).to.have.length(2)
  })

  it('holds at most 1 000 responses while the journal hangs, and stores each event once [F55]', async () => {
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

  it('replaces the apps while it runs, and keeps the old ones when the new ones are wrong', async () => {
    const { dispatcher, send } = await start()
    expect((await send('a')).status).to.equal(200)
    expect(() => dispatcher.setApps([{ sdkAppId: 2, tokens: [] }])).to.throw('without a token')
    expect((await send('b')).status).to.equal(200)
    dispatcher.setApps([{ sdkAppId: 2, verify: 'none' }])
    expect((await send('c')).status).to.equal(403)
  })

  it('rejects wrong options with all problems and closes the journal', async () => {
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
    expect(stats).to.have.property('code', 'closed')
  })

  it('closes the open sinks when another sink fails to open', async () => {
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
