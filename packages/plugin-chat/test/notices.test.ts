import {
  alertRequestOverLimit,
  botOnC2CMessage,
  botOnGroupMessage,
  chatbotOnC2CSignalMessage,
  contentCallbackResultNotify,
  followAfterFollowAdd,
  followAfterFollowDelete,
  profilePortraitSet,
  stateStateChange,
} from '@callboard/plugin-chat'
import { expect } from 'chai'
import { line, read } from './read.ts'

describe('State.StateChange', () => {
  const { sample } = stateStateChange

  it('has the user as key and logs the devices that were logged out', () => {
    expect(read(stateStateChange).key).to.equal('user1')
    expect(line(stateStateChange)).to.equal('user user1: Login (Register), kicked: Windows, Android')
  })

  it('decodes bodies of older apps, undocumented pairs and unknown values', () => {
    for (const [Action, Reason] of [
      ['Logout', 'LinkClose'],
      ['Logout', 'TimeOut'],
      ['Slumber', 'Night'],
    ]) {
      const old = { CallbackCommand: 'State.StateChange', Info: { Action, To_Account: 'user1', Reason } }
      expect(line(stateStateChange, old)).to.equal(`user user1: ${Action} (${Reason})`)
      expect(read(stateStateChange, old).eventTime).to.equal(undefined)
    }
  })

  it('accepts a custom status inside Info or beside it', () => {
    const Info = { Action: 'CustomStatusChange', To_Account: 'user1', Reason: 'SetCustomStatus' }
    for (const body of [
      { ...sample, Info: { ...Info, CustomStatus: 'away' } },
      { ...sample, Info, CustomStatus: 'away' },
    ]) {
      expect(read(stateStateChange, body).body).to.deep.equal(body)
    }
    expect(stateStateChange.decode({ ...sample, CustomStatus: 1 })).to.have.property('reasons')
    expect(stateStateChange.decode({ ...sample, Info: { ...Info, CustomStatus: 1 } })).to.have.property('reasons')
  })
})

describe('Profile.CallbackPortraitSet', () => {
  it('accepts texts and numbers as values', () => {
    const body = { ...profilePortraitSet.sample, ProfileItem: [{ Tag: 'Tag_Profile_IM_Level', Value: 3 }] }
    expect(line(profilePortraitSet, body)).to.equal('profile of user1 changed by user1: Tag_Profile_IM_Level')
    expect(profilePortraitSet.decode({ ...body, ProfileItem: [{ Tag: 'x', Value: null }] })).to.have.property('reasons')
  })

  it('has the owner of the profile as key, not the operator', () => {
    expect(read(profilePortraitSet, { ...profilePortraitSet.sample, Operator_Account: 'admin' }).key).to.equal('user1')
  })
})

describe('Follow callbacks', () => {
  it('decode accounts from objects and from texts', () => {
    expect(line(followAfterFollowAdd)).to.equal('user1 follows user2, user3')
    expect(line(followAfterFollowDelete)).to.equal('user1 no longer follows user2, user3')
    expect(read(followAfterFollowAdd).key).to.equal(read(followAfterFollowDelete).key)
  })
})

describe('Alert.RequestOverLimit', () => {
  it('has the REST command as key', () => {
    expect(read(alertRequestOverLimit).key).to.equal('openim:batchsendmsg')
    expect(line(alertRequestOverLimit)).to.equal('REST API openim/batchsendmsg near its limit: 510 of 200 requests a second')
  })
})

describe('bot callbacks', () => {
  it('have one key per conversation, whichever side writes', () => {
    const { sample } = botOnC2CMessage
    const back = { ...sample, From_Account: sample.To_Account, To_Account: sample.From_Account }
    expect(read(botOnC2CMessage).key).to.equal(read(botOnC2CMessage, back).key)
    expect(read(chatbotOnC2CSignalMessage).key).to.equal(read(botOnC2CMessage).key)
  })

  it('do not log the content of a message', () => {
    expect(line(botOnC2CMessage)).to.equal('user1 sent TIMTextElem to bot @RBT#001')
    expect(line(botOnGroupMessage)).to.equal('user1 mentioned @RBT#001 in group @TGS#1: TIMTextElem')
    expect(line(chatbotOnC2CSignalMessage)).to.equal('user1 signalled to bot @RBT#001')
  })

  it('use the time of the message if there is no EventTime', () => {
    for (const [plugin, at] of [
      [botOnC2CMessage, 1_557_481_126_000],
      [botOnGroupMessage, 1_490_686_222_000],
    ] as const) {
      const { EventTime: _, ...timeless } = plugin.sample
      expect(read(plugin, timeless).eventTime).to.equal(at)
      expect(read(plugin).eventTime).to.equal(1_670_574_414_123)
    }
  })
})

describe('ContentCallback.ResultNotify', () => {
  const { sample } = contentCallbackResultNotify
  const keyWith = (ContactItem: unknown) => read(contentCallbackResultNotify, { ...sample, ContactItem }).key

  it('has the group, the conversation or the author as key', () => {
    expect(keyWith({ ContactType: 1, To_Account: 'user2' })).to.equal('user1:user2')
    expect(keyWith({ ContactType: 2, ToGroupId: '@TGS#1' })).to.equal('@TGS#1')
    expect(keyWith({ ContactType: 2, ToGroupId: '@TGS#1', To_Account: '' })).to.equal('@TGS#1')
    expect(keyWith({ ContactType: 1, ToGroupId: '', To_Account: 'user2' })).to.equal('user1:user2')
    expect(keyWith(undefined)).to.equal('user1')
  })

  it('decodes a single text to a list', () => {
    for (const TextContent of ['aaa', ['aaa']]) {
      expect(read(contentCallbackResultNotify, { ...sample, TextContent }).body).to.have.deep.property('TextContent', ['aaa'])
    }
    expect(contentCallbackResultNotify.decode({ ...sample, TextContent: [1] })).to.deep.equal({
      reasons: ['TextContent.0: expected string'],
    })
  })

  it('decodes a numeric MsgID to text', () => {
    expect(read(contentCallbackResultNotify, { ...sample, MsgID: 123 }).body).to.have.property('MsgID', '123')
  })

  it('logs the verdict without the text and the matched words', () => {
    expect(line(contentCallbackResultNotify)).to.equal('Text of user1 (C2C) intercepted: Review, Sexy')
    const { CtxcbSuggestion: _, CtxcbLabel: __, ...less } = sample
    expect(line(contentCallbackResultNotify, { ...less, CtxcbResult: 0 })).to.equal('Text of user1 (C2C) passed')
    expect(line(contentCallbackResultNotify, { ...less, CtxcbResult: 7 })).to.equal('Text of user1 (C2C) judged (7)')
  })
})
