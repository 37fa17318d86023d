import { readFile } from 'node:fs/promises'
import { faults, type Journal, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { beforeCallback, beforeGift, beforeSend, fail, hangingDecisions, OK, startTestServer, stopTestServers } from './test-server.ts'

describe('the fault table on a running server: what is answered', () => {
  afterEach(async () => {
    await stopTestServers()
  })

  it('accepted: 200 OK, stored once, also when it comes twice [F40]', async () => {
    const { post, stored, served } = await startTestServer()
    expect(await post()).to.deep.include({ status: 200, text: JSON.stringify(OK) })
    expect((await post()).json).to.deep.equal(OK)
    await served.callboard.idle()
    expect(await stored()).to.have.length(1)
  })

  it('Unauthorized: an address that is not allowed, whatever it signs and claims', async () => {
    const { post, stored, telemetry } = await startTestServer({ allow: ['10.0.0.0/8'] })
    const answer = await post({ headers: { 'x-forwarded-for': '10.0.0.1' } })
    expect(answer).to.deep.include({ status: 403, json: fail(403, 'unauthorized') })
    expect(telemetry[0]).to.have.nested.property('fault.reason', 'address')
    expect(await stored()).to.deep.equal([])
  })

  it('UnknownCommand: 200 OK, stored as unknown and routed by "*" [F49]', async () => {
    const { post, stored, served, journal } = await startTestServer()
    expect((await post({ command: 'Group.New', body: { EventTime: 1, x: 1 } })).json).to.deep.equal(OK)
    await served.callboard.idle()
    expect(await stored()).to.deep.equal([{ command: 'Group.New', status: 'unknown', reasons: [] }])
    const [event] = (await journal.find({ limit: 1, order: 'oldest' })).events
    expect(event?.deliveries).to.deep.equal([{ sink: 'mine', state: 'delivered', attempts: 1 }])
  })

  it('InvalidBody: 200 OK, quarantined with reasons and without deliveries [F50]', async () => {
    const { post, stored, journal } = await startTestServer()
    expect((await post({ body: { GroupId: 7, EventTime: 1 } })).json).to.deep.equal(OK)
    const reasons = ['GroupId: expected string']
    expect(await stored()).to.deep.equal([{ command: groupDestroyed.command, status: 'quarantined', reasons }])
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.deliveries).to.deep.equal([])
  })

  it('InvalidBody of a before-callback: its fallback', async () => {
    const { post, stored } = await startTestServer()
    expect((await post({ ...beforeCallback, body: {} })).json).to.deep.equal(OK)
    expect((await post({ command: beforeGift.command, body: {} })).json).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect((await stored()).map(({ status }) => status)).to.deep.equal(['quarantined', 'quarantined'])
  })

  it('decided: 200 with the decision’s code and text, stored with the decision', async () => {
    const { post, journal } = await startTestServer()
    expect((await post({ ...beforeCallback, body: { GroupId: 'g', Text: 'spam' } })).json).to.deep.equal({
      ...OK,
      ErrorCode: 10100,
      ErrorInfo: 'no spam here',
    })
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.decision).to.deep.equal({ by: 'plugin', code: 10100, ms: 0 })
  })

  it('DecideFailed: the fallback, stored with the reason', async () => {
    const { post, journal, telemetry } = await startTestServer()
    expect((await post({ ...beforeCallback, body: { GroupId: 'g', Text: 'throw' } })).json).to.deep.equal(OK)
    const [event] = (await journal.find({ limit: 1, order: 'oldest' })).events
    expect(event?.decision).to.deep.equal({ by: 'fallback', code: 0, ms: 0, warning: 'decision failed: moderation is down' })
    expect(telemetry.find(({ type }) => type === 'answered')).to.have.nested.property('fault._tag', 'DecideFailed')
  })

  it('DecideLate: the fallback 1.5 s after the head, whatever the decision does', async () => {
    const { post, clock, journal } = await startTestServer()
    const before = hangingDecisions()
    const answer = post({ ...beforeCallback, body: { GroupId: 'g', Text: 'never' } })
    await until(() => hangingDecisions() > before)
    let arrived = false
    answer.then(() => {
      arrived = true
    })
    await clock.advance(1_499)
    expect(arrived).to.equal(false)
    await clock.advance(1)
    expect((await answer).json).to.deep.equal(OK)
    expect((await journal.find({ limit: 1, order: 'oldest' })).events[0]?.decision).to.include({
      by: 'fallback',
      warning: 'decision timed out',
      ms: 1_500,
    })
  })

  it('NotRecorded: held until 2.2 s after the head, then 503 and close; stored all the same when the journal can', async () => {
    let heal = () => {}
    const healed = new Promise<void>((resolve) => {
      heal = resolve
    })
    const inner = memory()
    let appending = false
    const append: Journal['append'] = async (batch) => {
      appending = true
      await healed
      return inner.append(batch)
    }
    const { post, clock, served } = await startTestServer({ journalOver: { append } })
    const answer = post()
    let arrived = false
    answer.then(() => {
      arrived = true
    })
    await until(() => appending)
    await clock.advance(2_199)
    expect(arrived).to.equal(false)
    expect(served.callboard.unavailableReasons()).to.have.length(1)
    await clock.advance(1)
    const { status, json, headers } = await answer
    expect(json).to.deep.equal(fail(503, 'not recorded'))
    expect(status).to.equal(503)
    expect(headers.get('connection')).to.equal('close')
    heal()
    await served.callboard.idle()
    expect((await inner.find({ limit: 5, order: 'oldest' })).events).to.have.length(1)
    expect(served.callboard.unavailableReasons()).to.deep.equal([])
  })

  it('NotRecorded of a before-callback: its decision, 1.8 s after the head', async () => {
    let appending = false
    const append = () => {
      appending = true
      return new Promise<never>(() => {})
    }
    const { post, clock } = await startTestServer({ journalOver: { append } })
    const answer = post({ ...beforeCallback, body: { GroupId: 'g', Text: 'spam' } })
    await until(() => appending)
    await clock.advance(1_800)
    expect(await answer).to.deep.include({ status: 200, json: { ...OK, ErrorCode: 10100, ErrorInfo: 'no spam here' } })
  })

  it('Overloaded: 503 at once, a before-callback its fallback; nothing stored [F55]', async () => {
    const { post, stored } = await startTestServer({ limits: { queue: 10 } })
    const answer = await post()
    expect(answer).to.deep.include({ status: 503, json: fail(503, 'overloaded') })
    expect(answer.headers.get('retry-after')).to.equal('2')
    expect((await post(beforeCallback)).json).to.deep.equal(OK)
    expect(await stored()).to.deep.equal([])
  })

  it('Defect: 503, a before-callback its fallback; the server goes on', async () => {
    const broken = {
      ...groupDestroyed,
      decode: () => {
        throw new Error('a bug')
      },
    }
    const { post, telemetry } = await startTestServer({ plugins: [broken, beforeSend, { ...beforeGift, decode: broken.decode }] })
    expect(await post()).to.deep.include({ status: 503, json: fail(503, 'internal error') })
    expect((await post({ command: beforeGift.command, body: {} })).json).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect((await post(beforeCallback)).json).to.deep.equal(OK)
    expect(telemetry[0]).to.have.nested.property('fault._tag', 'Defect')
  })

  it('has a test here for every row', async () => {
    const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')
    const text = `${await read('./refused.test.ts')}${await read('./answered.test.ts')}`
    for (const tag of Object.keys(faults)) expect(text, tag).to.match(new RegExp(`(it\\(|\\[)\\s*['"\`]${tag}\\b`))
  })
})
