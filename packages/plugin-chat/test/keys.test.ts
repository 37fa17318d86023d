import type { Plugin } from '@callboard/core'
import { expect } from 'chai'
import * as chat from '../src/index.ts'

const keyOf = (plugin: Plugin, fields: object = {}): string | undefined => {
  const read = plugin.decode({ ...plugin.sample, ...fields })
  if ('reasons' in read) throw new Error(read.reasons.join('; '))
  return read.key
}
const pair = (From_Account: string, To_Account: string) => ({ From_Account, To_Account, Initiator_Account: From_Account })

describe('the key of an event', () => {
  it('is the group for every callback about a group', () => {
    for (const plugin of [
      chat.groupDestroyed,
      chat.groupAfterSendMsg,
      chat.groupBeforeSendMsg,
      chat.groupAfterMemberExit,
      chat.groupAfterTopicDestroyed,
    ]) {
      expect(keyOf(plugin, { GroupId: 'g' }), plugin.command).to.equal('g')
    }
  })

  it('is the operator for a group or topic without an id, and undefined for an alarm of the whole app', () => {
    expect(keyOf(chat.groupBeforeCreateGroup)).to.equal('user1')
    expect(keyOf(chat.groupBeforeCreateTopic)).to.equal('user1')
    expect(keyOf(chat.groupBeforeCreateTopic, { GroupId: 'g' })).to.equal('g')
    expect(keyOf(chat.groupOnDailyGroupQuotaAlarm)).to.equal(undefined)
  })

  it('is undefined for an alarm whose call is absent [F50]', () => {
    expect(keyOf(chat.alertRequestOverLimit)).to.equal('openim:batchsendmsg')
    expect(keyOf(chat.alertRequestOverLimit, { Command: undefined })).to.equal(undefined)
  })

  it('is the conversation, whichever of the two accounts acts', () => {
    const both = [
      { From_Account: 'a', To_Account: 'b' },
      { From_Account: 'b', To_Account: 'a' },
    ]
    const messages = [
      chat.c2cBeforeSendMsg,
      chat.c2cAfterSendMsg,
      chat.c2cAfterMsgWithDraw,
      chat.c2cAfterModifyMsg,
      chat.c2cAfterC2cMsgExtension,
    ]
    for (const plugin of messages)
      expect(
        both.map((fields) => keyOf(plugin, fields)),
        plugin.command,
      ).to.deep.equal(['a:b', 'a:b'])
    expect(keyOf(chat.c2cAfterMsgReport, { Report_Account: 'b', Peer_Account: 'a' })).to.equal('a:b')
    expect(keyOf(chat.c2cAfterSendMsg, { From_Account: 'a', To_Account: 'c' })).to.equal('a:c')
  })

  it('is both accounts of a friendship, and the owner of a block list', () => {
    for (const plugin of [chat.snsFriendAdd, chat.snsFriendDelete]) {
      expect(keyOf(plugin, { PairList: [pair('a', 'b'), pair('b', 'a')] })).to.equal('a:b')
      expect(keyOf(plugin, { PairList: [pair('b', 'a'), pair('a', 'b')] })).to.equal('a:b')
      expect(keyOf(plugin, { PairList: [] })).to.equal(undefined)
    }
    for (const plugin of [chat.snsBlackListAdd, chat.snsBlackListDelete]) {
      expect(keyOf(plugin, { PairList: [pair('a', 'b'), pair('a', 'c')] })).to.equal('a')
      expect(keyOf(plugin, { PairList: [] })).to.equal(undefined)
    }
  })
})
