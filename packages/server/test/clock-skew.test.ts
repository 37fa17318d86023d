import { memory, silentLog, systemClock } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { manualClock, send } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../src/http/server.ts'

const APP = 1400000000
const SKEW_SECONDS = 600

describe('a server whose clock differs from the vendor’s', () => {
  const wall = manualClock(Date.UTC(2026, 0, 1))
  let served: RunningServer

  before(async () => {
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, tokens: ['T'] }],
        plugins: [groupDestroyed],
        sinks: {},
        routes: {},
        clock: { ...systemClock, now: wall.now },
      },
      { journal: memory(), log: silentLog },
    )
  })
  after(() => served.stop())

  /** Sends callbacks that the vendor signs at its own time. */
  const post = async (count: number, ahead: number, token = 'T') => {
    const requestTime = Math.floor(wall.now() / 1_000) - ahead
    const { callbackUrl: to } = served
    for (let n = 0; n < count; n += 1)
      await send({ to, app: APP, token, requestTime, command: groupDestroyed.command, body: groupDestroyed.sample })
  }
  const health = async () => {
    const response = await fetch(`${served.adminUrl}/health/ready`)
    expect(response.status).to.equal(200)
    return response.json()
  }
  const gauge = async () => /^callboard_clock_skew_seconds (.*)$/m.exec(await (await fetch(`${served.adminUrl}/metrics`)).text())?.[1]

  for (const [skew, words] of [
    [-SKEW_SECONDS, 'behind'],
    [SKEW_SECONDS, 'ahead of'],
  ] as const) {
    it(`stays ready, and says in its health and its metrics how many seconds it is ${words} genuine requests, until they come in time [F65]`, async () => {
      await post(5, skew)
      const warnings = [`the clock of this machine is about ${SKEW_SECONDS} s ${words} genuine requests; check NTP`]
      expect(await health()).to.deep.equal({ status: 'ok', warnings })
      expect(await gauge()).to.equal(String(skew))
      await post(1, 0)
      expect(await health()).to.deep.equal({ status: 'ok' })
      expect(await gauge()).to.equal('0')
    })
  }

  it('says nothing for forged requests, nor for a few late ones [F65]', async () => {
    await post(20, SKEW_SECONDS, 'guess')
    await post(4, SKEW_SECONDS)
    expect(await health()).to.deep.equal({ status: 'ok' })
    expect(await gauge()).to.equal('0')
  })
})
