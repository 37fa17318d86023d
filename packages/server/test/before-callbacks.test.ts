import { allow, decideWith, isPlugin, memory, type Plugin, refuse, silentLog, type Verdict } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import * as rtc from '@callboard/plugin-rtc'
import { type ManualClock, manualClock, send, until } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

const APP = 1400000000
const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

const plugins: readonly Plugin[] = [...Object.values<unknown>(chat), ...Object.values<unknown>(rtc)].filter(isPlugin)

/** command -> the range of codes that reach the client, from the vendor's pages. `none`: only code 1. */
const CODES: Readonly<Record<string, readonly [number, number] | 'none'>> = {
  'C2C.CallbackBeforeSendMsg': [120001, 130000],
  'Group.CallbackBeforeApplyJoinGroup': [10100, 10200],
  'Group.CallbackBeforeCreateGroup': [10100, 10200],
  'Group.CallbackBeforeCreateTopic': [10100, 10200],
  'Group.CallbackBeforeInviteJoinGroup': [10100, 10200],
  'Group.CallbackBeforeSendMsg': [10100, 10200],
  'Live.CallbackBeforeSendGift': [102100, 102200],
  'OfficialAccount.CallbackBeforeAddSubscriber': 'none',
  'OfficialAccount.CallbackBeforeCreateOfficialAccount': [120001, 130000],
  'OfficialAccount.CallbackBeforeSendMsg': [120001, 130000],
  'Sns.CallbackPrevFriendAdd': [38000, 39000],
  'Sns.CallbackPrevFriendResponse': [38000, 39000],
}

/** The accounts in the samples of the two commands that have one verdict per account. */
const ACCOUNTS: Readonly<Record<string, readonly string[]>> = {
  'Sns.CallbackPrevFriendAdd': ['user1'],
  'Sns.CallbackPrevFriendResponse': ['user1', 'user2'],
}

/** The answer with this code. */
const saying = (command: string, code: number, text = '') => {
  const accounts = ACCOUNTS[command]
  if (!accounts) return { ...OK, ErrorCode: code, ErrorInfo: text }
  return { ...OK, ResultItem: accounts.map((To_Account) => ({ To_Account, ResultCode: code, ResultInfo: text })) }
}
const plainRefusal = (command: string) => saying(command, command in ACCOUNTS ? 38000 : 1)
const fallbackOf = (command: string) => (command === 'Live.CallbackBeforeSendGift' ? plainRefusal(command) : saying(command, 0))

describe('before-callbacks on a running server', () => {
  let clock: ManualClock
  let served: RunningServer
  let verdict: () => Verdict | Promise<Verdict> = () => allow
  let asked = 0
  let serial = 0

  before(async () => {
    clock = manualClock()
    const befores = plugins.filter(({ before }) => before)
    expect(befores.map(({ command }) => command)).to.have.members(Object.keys(CODES))
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, verify: 'none' }],
        plugins,
        decisions: befores.map((plugin) =>
          decideWith(plugin, () => {
            asked += 1
            return verdict()
          }),
        ),
        sinks: {},
        routes: {},
        clock,
      },
      { journal: memory({ clock }), log: silentLog },
    )
  })
  after(async () => {
    await stopOnManualClock(served, clock)
  })

  const ask = async (command: string, body?: object) => {
    const sample = plugins.find((plugin) => plugin.command === command)?.sample
    serial += 1
    const { status, json } = await send({ to: served.callbackUrl, app: APP, command, body: { ...(body ?? sample), Serial: serial } })
    expect(status).to.equal(200)
    return json
  }
  const deciding = (command: string, decide: typeof verdict) => {
    verdict = decide
    return ask(command)
  }
  const recorded = async () => (await served.callboard.journal.find({ limit: 1, order: 'newest' })).events[0]?.decision

  for (const [command, codes] of Object.entries(CODES)) {
    it(`${command}: allow, refuse, and the fallback for a decision that throws or is late and for an invalid body`, async () => {
      expect(await deciding(command, () => allow)).to.deep.equal(saying(command, 0))
      expect(await deciding(command, () => refuse())).to.deep.equal(plainRefusal(command))
      if (codes !== 'none') {
        for (const code of codes) expect(await deciding(command, () => refuse(code, 'no'))).to.deep.equal(saying(command, code, 'no'))
        expect(await recorded()).to.not.have.property('warning')
      }
      expect(await deciding(command, () => refuse(codes === 'none' ? 10100 : codes[1] + 1))).to.deep.equal(plainRefusal(command))
      expect((await recorded())?.warning).to.contain('out of range')

      const failing = deciding(command, () => Promise.reject(new Error('down')))
      expect(await failing).to.deep.equal(fallbackOf(command))
      expect(await recorded()).to.include({ by: 'fallback', warning: 'decision failed: down' })

      const before = asked
      const late = deciding(command, () => new Promise<never>(() => {}))
      await until(() => asked > before)
      await clock.advance(1_500)
      expect(await late).to.deep.equal(fallbackOf(command))
      expect(await recorded()).to.include({ by: 'fallback', warning: 'decision timed out', ms: 1_500 })

      const counted = asked
      const plain = command === 'Live.CallbackBeforeSendGift' ? { ...OK, ErrorCode: 1 } : OK
      expect(await ask(command, { Nothing: 'of the kind' })).to.deep.equal(plain)
      expect(asked).to.equal(counted)
    })
  }
})
