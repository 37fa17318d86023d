import { allow, allowWith, decideWith, drop, isPlugin, refuse } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import {
  except,
  officialAccountAfterOfficialAccountInfoChanged,
  officialAccountBeforeAddSubscriber,
  officialAccountBeforeCreateOfficialAccount,
  officialAccountBeforeSendMsg,
  rewrite,
} from '@callboard/plugin-chat'
import { expect } from 'chai'
import { answer, line, read } from './read.ts'

const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

describe('official account callbacks', () => {
  it('have the official account as key, or its owner before it exists', () => {
    const all = Object.values<unknown>(chat)
      .filter(isPlugin)
      .filter(({ command }) => command.startsWith('OfficialAccount.'))
    expect(all).to.have.length(11)
    for (const plugin of all) {
      expect(read(plugin).key, plugin.command).to.equal(plugin === officialAccountBeforeCreateOfficialAccount ? 'user1' : '@TOA#_1')
    }
  })

  it('refuse with a code in the range, and with the default code outside of it', () => {
    const plugin = officialAccountBeforeCreateOfficialAccount
    expect(answer(plugin, allow)).to.deep.equal(OK)
    expect(answer(plugin, refuse(120_001, 'no more'))).to.deep.equal({ ...OK, ErrorCode: 120_001, ErrorInfo: 'no more' })
    expect(answer(plugin, refuse(130_000))).to.have.property('ErrorCode', 130_000)
    for (const code of [120_000, 130_001, 10_100]) expect(answer(plugin, refuse(code))).to.have.property('ErrorCode', 1)
    expect(answer(plugin, drop)).to.have.property('ErrorCode', 1)
  })

  it('refuse single subscribers and accept the others', () => {
    const plugin = officialAccountBeforeAddSubscriber
    const refused = { ...OK, RefusedSubscribers_Account: ['user2'] }
    expect(answer(plugin, except(['user2']))).to.deep.equal(refused)
    expect(answer(plugin, allowWith({ RefusedSubscribers_Account: ['user2'] }))).to.deep.equal(refused)
    expect(answer(plugin, allow)).to.deep.equal(OK)
    expect(answer(plugin, refuse(120_001))).to.have.property('ErrorCode', 1)
  })

  it('allow, rewrite, refuse or drop a message', () => {
    const plugin = officialAccountBeforeSendMsg
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] as const
    expect(answer(plugin, rewrite({ MsgBody }))).to.deep.equal({ ...OK, MsgBody })
    expect(answer(plugin, drop)).to.deep.equal({ ...OK, ErrorCode: 2 })
    expect(answer(plugin, refuse(120_001, 'no ads'))).to.deep.equal({ ...OK, ErrorCode: 120_001, ErrorInfo: 'no ads' })
  })

  it('compile only with verdicts that the vendor accepts', () => {
    decideWith(officialAccountBeforeAddSubscriber, () => except(['user2']))
    decideWith(officialAccountBeforeSendMsg, () => drop)
    // @ts-expect-error a subscription is never dropped silently
    decideWith(officialAccountBeforeAddSubscriber, () => drop)
    // @ts-expect-error a creation has nothing to rewrite
    decideWith(officialAccountBeforeCreateOfficialAccount, () => rewrite({ CloudCustomData: 'x' }))
    // @ts-expect-error nobody is left out of a message
    decideWith(officialAccountBeforeSendMsg, () => except(['user2']))
  })

  it('log the changed fields without their values', () => {
    const { sample } = officialAccountAfterOfficialAccountInfoChanged
    const { Introduction: _, FaceUrl: __, Organization: ___, ...renamed } = sample
    expect(line(officialAccountAfterOfficialAccountInfoChanged, renamed)).to.equal('official account @TOA#_1 changed by user1: Name')
  })
})
