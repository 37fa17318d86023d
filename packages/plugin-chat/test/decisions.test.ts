import { allow, allowWith, drop, type Plugin, refuse, type Verdict } from '@callboard/core'
import { expect } from 'chai'
import {
  c2cBeforeSendMsg,
  except,
  groupBeforeApplyJoinGroup,
  groupBeforeCreateGroup,
  groupBeforeCreateTopic,
  groupBeforeInviteJoinGroup,
  groupBeforeSendMsg,
  rewrite,
  snsPrevFriendAdd,
  snsPrevFriendResponse,
} from '../src/index.ts'

const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

/** Returns the answer to a verdict and its warning, if any. The default body is the sample. */
const encode = (plugin: Plugin, verdict: Verdict, body: unknown = plugin.sample) => {
  const read = plugin.decode(body)
  if ('reasons' in read) throw new Error(read.reasons.join('; '))
  const verdicted = read.answer?.(verdict)
  if (verdicted === undefined) throw new Error('takes no decision')
  return verdicted
}
const answer = (plugin: Plugin, verdict: Verdict, body?: unknown) => encode(plugin, verdict, body).answer

describe('a decision for a message', () => {
  for (const [plugin, own] of [
    [groupBeforeSendMsg, 10_123],
    [c2cBeforeSendMsg, 120_123],
  ] as const) {
    it(`${plugin.command}: allows, refuses with or without a text, and drops`, () => {
      expect(encode(plugin, allow)).to.deep.equal({ answer: OK })
      expect(encode(plugin, refuse())).to.deep.equal({ answer: { ...OK, ErrorCode: 1 } })
      expect(encode(plugin, refuse(own, 'no spam'))).to.deep.equal({ answer: { ...OK, ErrorCode: own, ErrorInfo: 'no spam' } })
      expect(encode(plugin, drop)).to.deep.equal({ answer: { ...OK, ErrorCode: 2 } })
    })

    it(`${plugin.command}: rewrites the given fields of a message and keeps the others`, () => {
      const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] as const
      expect(encode(plugin, rewrite({ MsgBody }))).to.deep.equal({ answer: { MsgBody, ...OK } })
      expect(encode(plugin, rewrite({ CloudCustomData: '' }))).to.deep.equal({ answer: { CloudCustomData: '', ...OK } })
    })

    it(`${plugin.command}: returns elements of an unknown kind unchanged`, () => {
      const MsgBody = [{ MsgContent: { Deep: [{ er: null }] }, MsgType: 'TIMNewElem', Beside: 1 }]
      const read = plugin.decode({ ...plugin.sample, MsgBody })
      if ('reasons' in read) throw new Error(read.reasons.join('; '))
      const { MsgBody: decoded } = Object(read.body)
      expect(encode(plugin, rewrite({ MsgBody: decoded })).answer.MsgBody).to.deep.equal(MsgBody)
    })

    it(`${plugin.command}: reports an invalid reply of a JavaScript decision and allows the message unchanged`, () => {
      for (const fields of [{ MsgBoby: [] }, { MsgBody: 'x' }, { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 7 } }] }]) {
        const { answer: given, warning } = encode(plugin, { verdict: 'allow', fields })
        expect(given).to.deep.equal(OK)
        expect(warning).to.match(/are invalid/)
      }
    })
  }
})

describe('a decision for a group', () => {
  const { sample } = groupBeforeInviteJoinGroup

  it('refuses with a code of groups, and with the default code for any other code', () => {
    for (const plugin of [groupBeforeCreateGroup, groupBeforeApplyJoinGroup, groupBeforeInviteJoinGroup, groupBeforeCreateTopic]) {
      expect(answer(plugin, refuse(10_200, 'no'))).to.deep.equal({ ...OK, ErrorCode: 10_200, ErrorInfo: 'no' })
      expect(encode(plugin, refuse(120_001))).to.deep.include({ answer: { ...OK, ErrorCode: 1 } })
      expect(encode(plugin, refuse(120_001))).to.have.property('warning')
      expect(answer(plugin, drop)).to.deep.equal({ ...OK, ErrorCode: 1 })
    }
  })

  it('refuses single members, given by `except` or by the vendor’s field', () => {
    const refused = { ...OK, RefusedMembers_Account: ['user2'] }
    expect(encode(groupBeforeInviteJoinGroup, except(['user2']))).to.deep.equal({ answer: refused })
    expect(encode(groupBeforeInviteJoinGroup, allowWith({ RefusedMembers_Account: ['user2'] }), sample)).to.deep.equal({ answer: refused })
    expect(answer(groupBeforeInviteJoinGroup, allow)).to.deep.equal(OK)
  })
})

describe('a decision for friends', () => {
  const item = (To_Account: string, ResultCode = 0, ResultInfo = '') => ({ To_Account, ResultCode, ResultInfo })
  const { sample } = snsPrevFriendResponse

  it('answers for each account and never with an error for the whole request, which the vendor ignores', () => {
    expect(answer(snsPrevFriendResponse, allow)).to.deep.equal({ ...OK, ResultItem: [item('user1'), item('user2')] })
    expect(answer(snsPrevFriendResponse, refuse(38_123, 'no'))).to.deep.equal({
      ...OK,
      ResultItem: [item('user1', 38_123, 'no'), item('user2', 38_123, 'no')],
    })
    expect(answer(snsPrevFriendAdd, refuse())).to.deep.equal({ ...OK, ResultItem: [item('user1', 38_000)] })
    expect(encode(snsPrevFriendAdd, refuse(1))).to.have.property('warning')
    expect(answer(snsPrevFriendAdd, refuse(1))).to.deep.equal({ ...OK, ResultItem: [item('user1', 38_000)] })
  })

  it('refuses single accounts, given by `except` or by the vendor’s field', () => {
    const some = { ...OK, ResultItem: [item('user1'), item('user2', 38_000)] }
    expect(encode(snsPrevFriendResponse, except(['user2', 'stranger']))).to.deep.equal({ answer: some })
    const own = allowWith({ ResultItem: [item('user2', 38_005, 'not you')] })
    expect(answer(snsPrevFriendResponse, own)).to.deep.equal({ ...OK, ResultItem: [item('user1'), item('user2', 38_005, 'not you')] })
  })

  it('answers a request without accounts with an empty list', () => {
    expect(answer(snsPrevFriendResponse, refuse(), { ...sample, ResponseFriendItem: [] })).to.deep.equal({ ...OK, ResultItem: [] })
  })
})
