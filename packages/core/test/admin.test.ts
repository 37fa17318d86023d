import { definePlugin, giveUp, memory, struct } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { disbanded, kind, start, stopAll } from './test-dispatcher.ts'

const change = { from: ['dead'], limit: 10, by: 'a test' } as const

/** A plugin that takes groups named by text, or by numbers as well. */
const taking = (GroupId: t.Type<string | number, string | number, unknown>) =>
  definePlugin({
    command: disbanded.command,
    title: 'Group disbanded',
    body: struct({ GroupId }),
    key: (body) => String(body.GroupId),
    sample: { GroupId: 'g' },
  })
const textOrNumber = t.union([t.string, t.number])
const text = t.refinement(textOrNumber, (value): boolean => typeof value === 'string')

describe('the admin operations', () => {
  afterEach(stopAll)

  it('replay dead deliveries at once, with the same event id', async () => {
    let failing = true
    const ids: string[] = []
    const { send, dispatcher } = await start({
      sinks: {
        mine: (event) => {
          ids.push(event.id)
          if (failing) throw giveUp('422')
        },
      },
      routes: { '*': ['mine'] },
    })
    await send('a')
    await dispatcher.idle()
    failing = false
    expect(await dispatcher.replay({ ...change, sink: 'mine', dryRun: true })).to.include({ changed: 1 })
    expect(await dispatcher.replay({ ...change, sink: 'mine' })).to.include({ changed: 1 })
    await dispatcher.idle()
    expect(await dispatcher.replay({ ...change, sink: 'mine' })).to.include({ changed: 0 })
    expect(ids).to.have.length(2)
    expect(new Set(ids)).to.have.length(1)
  })

  it('start deliveries that waited behind a discarded one', async () => {
    const got: (string | undefined)[] = []
    const { send, dispatcher, clock, journal } = await start({
      sinks: {
        mine: ({ eventTime }) => {
          if (eventTime === 1) throw new Error('no')
          got.push(`event ${eventTime}`)
        },
      },
      routes: { '*': ['mine'] },
    })
    await send('a')
    await send('a')
    await dispatcher.idle()
    expect(got).to.deep.equal([])
    expect(await dispatcher.discard({ ...change, from: ['pending'], sink: 'mine', until: clock.now() + 1, limit: 1 })).to.include({
      changed: 1,
    })
    await dispatcher.idle()
    expect(got).to.deep.equal(['event 2'])
    expect((await journal.stats()).sinks.mine).to.include({ discarded: 1, delivered: 1 })
  })

  it('reprocess a quarantined event that its plugin now accepts', async () => {
    const clock = manualClock()
    const journal = { ...memory({ clock }), close: async () => {} }
    const got: unknown[] = []
    const sinks = { mine: (event: unknown) => got.push(event) }
    const first = await start({ clock, journal, plugins: [taking(text)], sinks, routes: { '*': ['mine'] } })
    await first.post({ GroupId: 7, EventTime: 5 })
    await first.post({ GroupId: null })
    await first.dispatcher.stop()
    expect((await journal.stats()).sinks).to.deep.equal({})

    const { dispatcher } = await start({ clock, journal, plugins: [taking(textOrNumber)], sinks, routes: { '*': ['mine'] } })
    expect(await dispatcher.reprocess({ limit: 10, dryRun: true })).to.deep.equal({ changed: 1, refused: 1, more: false })
    expect(await dispatcher.reprocess({ limit: 1 })).to.deep.include({ changed: 1, refused: 0, more: true })
    expect(await dispatcher.reprocess({ limit: 10 })).to.deep.equal({ changed: 0, refused: 1, more: false })
    await dispatcher.idle()
    expect(got).to.have.length(1)
    expect(got[0]).to.deep.include({ key: '7', eventTime: 5, status: 'accepted', body: { GroupId: 7, EventTime: 5 } })
  })

  it('test a sink with a sample that is not stored', async () => {
    const contents: unknown[] = []
    const { dispatcher, journal } = await start({
      sinks: { log: kind(({ payload }) => contents.push(payload))(), broken: () => Promise.reject(new Error('refused')) },
      routes: { '*': ['log'] },
    })
    expect(await dispatcher.testSink('log')).to.deep.equal({ command: disbanded.command, outcome: 'delivered', ms: 0 })
    expect(await dispatcher.testSink('broken')).to.deep.equal({ command: disbanded.command, outcome: 'retry', error: 'refused', ms: 0 })
    expect(await dispatcher.testSink('nobody')).to.equal(undefined)
    expect(await dispatcher.testSink('log', 'Group.Nothing')).to.equal(undefined)
    expect(contents).to.deep.equal(['gone: g'])
    expect((await journal.stats()).events).to.equal(0)
  })
})
