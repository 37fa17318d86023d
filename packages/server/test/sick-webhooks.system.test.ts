import { createServer } from 'node:http'
import { memory, type Options, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { type ManualClock, manualClock, send, until } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { receiver } from './program.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

const APP = 1400000000
const HOUR = 3_600_000

/** The group of each received event. */
const groupsOf = (got: readonly { readonly body: string }[]): readonly string[] => got.map(({ body }) => String(JSON.parse(body).GroupId))

describe('a webhook whose receiver fails', () => {
  let served: RunningServer | undefined
  let clock: ManualClock
  let down: (() => Promise<unknown>)[] = []

  const run = async (sinks: Options['sinks']) => {
    clock = manualClock()
    const journal = memory({ clock })
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, verify: 'none' }],
        plugins: [groupDestroyed],
        sinks,
        routes: { '*': Object.keys(sinks) },
        clock,
      },
      { journal, log: silentLog },
    )
    const { callbackUrl, callboard } = served
    let time = 0
    return {
      callboard,
      stats: async (sink: string) => (await journal.stats()).sinks[sink],
      state: (sink: string) => callboard.sinks().find(({ name }) => name === sink)?.health,
      post: (GroupId: string) => {
        time += 1
        const body = { ...groupDestroyed.sample, GroupId, EventTime: String(time) }
        return send({ to: callbackUrl, app: APP, command: groupDestroyed.command, body })
      },
    }
  }
  /** Advances the clock in steps from timer to timer, and waits for the network after each. */
  const pass = async (ms: number, callboard: RunningServer['callboard']) => {
    for (let left = ms; left > 0; left -= await clock.step(left)) await callboard.idle()
  }
  const hook = (url: string, more: { readonly retry?: string } = {}) => webhook({ url, unsigned: true, allow: ['127.0.0.0/8'], ...more })
  const listening = async (status?: () => number) => {
    const made = await receiver(status)
    down.push(made.close)
    return made
  }

  afterEach(async () => {
    await stopOnManualClock(served, clock)
    await Promise.all(down.map((close) => close()))
    down = []
  })

  it('gets only probes while it is down for an hour and then every event in order, and delays no other sink', async () => {
    let isDown = true
    const crm = await listening(() => (isDown ? 503 : 204))
    const other = await listening()
    const { post, callboard, stats, state } = await run({ crm: hook(crm.url), other: hook(other.url) })
    for (let n = 0; n < 300; n += 1) await post(`g${n % 100}`)
    await callboard.idle()
    expect(other.got).to.have.length(300)
    await pass(HOUR, callboard)
    expect(state('crm')).to.be.oneOf(['open', 'half-open'])
    expect(crm.got.length).to.be.at.most(16 + 16)
    const wasted = crm.got.length
    isDown = false
    await pass(13 * HOUR, callboard)
    expect(await stats('crm')).to.include({ delivered: 300, dead: 0, pending: 0 })
    const times = new Map<string, unknown[]>()
    for (const { body } of crm.got.slice(wasted)) {
      const { GroupId, EventTime } = JSON.parse(body)
      times.set(GroupId, [...(times.get(GroupId) ?? []), Number(EventTime)])
    }
    for (const [group, found] of times) {
      const n = Number(group.slice(1))
      expect(found).to.deep.equal([n + 1, n + 101, n + 201])
    }
  })

  it('keeps its backlog while the receiver answers 401, and delivers it afterwards', async () => {
    let isExpired = true
    const crm = await listening(() => (isExpired ? 401 : 204))
    const { post, callboard, stats } = await run({ crm: hook(crm.url, { retry: '1s 5s 30s' }) })
    for (let n = 0; n < 200; n += 1) await post(`g${n}`)
    await pass(HOUR, callboard)
    expect((await stats('crm'))?.pending).to.be.at.least(195)
    isExpired = false
    await pass(HOUR, callboard)
    const { pending, dead = 0, delivered = 0 } = (await stats('crm')) ?? {}
    expect({ pending, all: dead + delivered }).to.deep.equal({ pending: 0, all: 200 })
    expect(dead).to.be.at.most(5)
  })

  it('gets nothing after a 410 until an operator resumes it [F25]', async () => {
    let isGone = true
    const crm = await listening(() => (isGone ? 410 : 204))
    const { post, callboard, stats, state } = await run({ crm: hook(crm.url) })
    await post('first')
    await callboard.idle()
    for (let n = 0; n < 20; n += 1) await post(`g${n}`)
    await pass(HOUR, callboard)
    expect(groupsOf(crm.got)).to.deep.equal(['first'])
    expect(state('crm')).to.equal('paused')
    isGone = false
    await callboard.resume('crm')
    await callboard.idle()
    expect(await stats('crm')).to.include({ delivered: 20, dead: 1, pending: 0 })
  })

  it('delays only the key of the one event that it always refuses [F32]', async () => {
    const crm = await listening()
    const refused = await listening(() => 500)
    const { post, callboard, stats } = await run({
      crm: hook(crm.url),
      picky: async (event, signal) => {
        const url = groupDestroyed.is(event) && event.body.GroupId === 'poison' ? refused.url : crm.url
        const { status } = await fetch(url, { method: 'POST', body: JSON.stringify(event.body), signal })
        if (status >= 300) throw new Error(String(status))
      },
    })
    for (let n = 0; n < 1_000; n += 1) await post(n % 500 === 7 ? 'poison' : `g${n}`)
    await callboard.idle()
    expect(await stats('picky')).to.include({ delivered: 998, pending: 2, dead: 0 })
    expect(await callboard.journal.blocked('picky', 10)).to.have.length(1)
    expect((await callboard.journal.blocked('picky', 10))[0]).to.include({ key: 'poison', waitingBehind: 1, attempts: 1, error: '500' })
  })

  it('frees its slot when the head of the answer does not end within the timeout [F22]', async () => {
    const crm = await listening(() => 204)
    let open = 0
    const drip = createServer((_, res) => {
      open += 1
      res.on('close', () => {
        open -= 1
      })
      res.socket?.write('HTTP/1.1 200 OK\r\nx: ')
    })
    await new Promise<void>((resolve) => drip.listen(0, '127.0.0.1', resolve))
    down.push(async () => drip.close())
    const address = drip.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { post, callboard, stats } = await run({ drip: hook(`http://127.0.0.1:${port}/`), crm: hook(crm.url) })
    for (let n = 0; n < 3; n += 1) await post(`g${n}`)
    await until(() => open === 3 && crm.got.length === 3)
    await clock.advance(15_000)
    await until(() => open === 0)
    await callboard.idle()
    expect(await stats('drip')).to.include({ pending: 3, delayed: 3 })
  })
})
