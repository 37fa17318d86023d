import { memory, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { manualClock, type SendOptions, send } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

const APP = 1400000000
const NOW = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const COUNT = 100

describe('callbacks that arrive again', () => {
  const clock = manualClock(NOW)
  const journal = memory({ clock })
  let served: RunningServer
  let got: string[] = []

  before(async () => {
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, tokens: ['T'] }],
        plugins: [groupDestroyed],
        sinks: { mine: ({ id }) => void got.push(id) },
        routes: { '*': ['mine'] },
        clock,
      },
      { journal, log: silentLog },
    )
  })
  beforeEach(() => {
    got = []
  })
  after(() => stopOnManualClock(served, clock))

  const post = (GroupId: string, more: Partial<SendOptions> = {}) =>
    send({
      to: served.callbackUrl,
      app: APP,
      token: 'T',
      command: groupDestroyed.command,
      body: { ...groupDestroyed.sample, GroupId, EventTime: String(NOW) },
      requestTime: Math.floor(clock.now() / 1_000),
      ...more,
    })
  const eventsOf = async (key: string) => (await journal.find({ key, limit: 1_000, order: 'oldest' })).events

  it(`are stored and delivered once when ${COUNT} of them come at the same moment, and all are answered OK [F40]`, async () => {
    const answers = await Promise.all(Array.from({ length: COUNT }, () => post('same')))
    expect(answers.filter(({ status }) => status !== 200)).to.deep.equal([])
    await served.callboard.idle()
    const [event, ...more] = await eventsOf('same')
    expect(more).to.deep.equal([])
    expect(event?.duplicates).to.equal(COUNT - 1)
    expect(got).to.deep.equal([event?.id])
  })

  it(`are ${COUNT} events when their bodies differ under one Sign [F40] [F63]`, async () => {
    await Promise.all(
      Array.from({ length: COUNT }, (_, n) =>
        post('differ', { body: { ...groupDestroyed.sample, GroupId: 'differ', EventTime: String(NOW), Serial: n } }),
      ),
    )
    await served.callboard.idle()
    expect(await eventsOf('differ')).to.have.length(COUNT)
    expect(new Set(got).size).to.equal(COUNT)
  })

  it('are another event once the window of 10 minutes is over [F40]', async () => {
    await post('late')
    await clock.advance(10 * MINUTE - 1_000)
    await post('late')
    expect(await eventsOf('late')).to.have.length(1)
    await clock.advance(2_000)
    await post('late')
    expect(await eventsOf('late')).to.have.length(2)
  })

  it('are answered 403 once their RequestTime is too old [F63]', async () => {
    const requestTime = Math.floor(clock.now() / 1_000)
    expect((await post('replayed', { requestTime })).status).to.equal(200)
    await clock.advance(61_000)
    expect((await post('replayed', { requestTime })).status).to.equal(403)
    expect(await eventsOf('replayed')).to.have.length(1)
  })
})
