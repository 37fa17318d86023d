import type { Plugin } from '@callboard/core'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import * as chat from '../src/index.ts'

/** Returns the log line of a sample with other fields. An undefined field is removed. */
const line = (plugin: Plugin, fields: object = {}): unknown => {
  const read = plugin.decode(JSON.parse(JSON.stringify({ ...plugin.sample, ...fields })))
  if ('reasons' in read) throw new Error(read.reasons.join('; '))
  return read.payloadFor('log', { ...eventOf(plugin), body: read.body })
}
const accounts = (...names: readonly string[]) => names.map((Member_Account) => ({ Member_Account }))

describe('the log lines of plugin-chat', () => {
  it('name the accounts and what happened', () => {
    expect(line(chat.groupAfterMemberExit)).to.equal('user2 left group @TGS#1 (Kicked, by user1)')
    expect(line(chat.groupAfterChangeGroupOwner)).to.equal('admin handed group @TGS#1 from user1 to user2')
    expect(line(chat.groupAfterReadReceipt)).to.equal('group @TGS#1 read message 1 (1 of 7)')
    expect(line(chat.c2cAfterMsgReport)).to.equal('user1 read what user2 wrote, 7 unread left')
    expect(line(chat.snsPrevFriendAdd)).to.equal('user0 asks user1 to be friends')
  })

  it('name three accounts and count the others', () => {
    expect(line(chat.groupAfterNewMemberJoin, { NewMemberList: accounts('a', 'b', 'c', 'd', 'e') })).to.equal(
      'a, b, c, 2 more joined group @TGS#1 (Apply, by user1)',
    )
    expect(line(chat.groupAfterNewMemberJoin, { NewMemberList: [] })).to.equal('nobody joined group @TGS#1 (Apply, by user1)')
  })

  it('have words for absent fields [F50]', () => {
    const old = { Operator_Account: undefined, ExitType: undefined }
    expect(line(chat.groupAfterMemberExit, old)).to.equal('user2 left group @TGS#1 (unknown reason, by unknown operator)')
    expect(line(chat.groupAfterReadReceipt, { GroupMsgReceiptList: [{ MsgSeq: 1 }] })).to.equal(
      'group @TGS#1 read message 1 (unknown number of unknown number)',
    )
    expect(line(chat.groupOnMemberStateChange)).to.equal('user1 in group @TGS#1: Offline')
    expect(line(chat.groupOnMemberStateChange, { EventCause: 'HeartbeatInterrupt' })).to.equal(
      'user1 in group @TGS#1: Offline (HeartbeatInterrupt)',
    )
    expect(line(chat.c2cAfterSendMsg, { SendMsgResult: undefined, ErrorInfo: undefined })).to.equal('user1 sent TIMTextElem to user2')
  })

  it('distinguish a failed message from a delivered one', () => {
    expect(line(chat.c2cAfterSendMsg)).to.equal('user1 sent TIMTextElem to user2')
    expect(line(chat.c2cAfterSendMsg, { SendMsgResult: 20_006, ErrorInfo: 'refused' })).to.equal(
      'user1 sent TIMTextElem to user2, failed: 20006 refused',
    )
  })

  it('name the changed fields of a profile without their values', () => {
    const { sample } = chat.groupAfterGroupInfoChanged
    expect(line(chat.groupAfterGroupInfoChanged, { Name: 'secret' })).to.equal('user1 changed Name, Notification of group @TGS#1')
    expect(line(chat.groupAfterGroupInfoChanged, { ...sample, Notification: undefined, MuteAll: 'On' })).to.equal(
      'user1 changed the profile of group @TGS#1',
    )
    expect(line(chat.groupAfterTopicInfoChanged, { TopicId: 't' })).to.match(/^user1 changed Name, \S.* of t in group/)
  })

  it('name the changed member from either of the two fields', () => {
    const whose = (fields: object) => line(chat.groupAfterMemberFieldChanged, { Member_Account: undefined, Role: undefined, ...fields })
    expect(line(chat.groupAfterMemberFieldChanged)).to.equal('admin changed user1 of group @TGS#1, role Admin')
    expect(whose({ Modified_Account: 'user2' })).to.equal('admin changed user2 of group @TGS#1')
    expect(whose({})).to.equal('admin changed a member of group @TGS#1')
  })

  it('show an unknown operation by its number', () => {
    const operated = (OperateType: number) => line(chat.groupAfterGroupMsgExtension, { OperateType })
    expect([1, 2, 3, 4].map(operated).map((each) => /(\w+(?: \(4\))?), 1 pairs/.exec(String(each))?.[1])).to.deep.equal([
      'set',
      'deleted',
      'cleared',
      'changed (4)',
    ])
  })
})
