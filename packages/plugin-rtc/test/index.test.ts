import { allow, allowWith, decideWith, drop, isPlugin, type Plugin, refuse } from '@callboard/core'
import * as rtc from '@callboard/plugin-rtc'
import { describePlugin, eventOf } from '@callboard/testing'
import { expect } from 'chai'

const plugins: readonly Plugin[] = Object.values<unknown>(rtc).filter(isPlugin)

for (const plugin of plugins) describePlugin(plugin)

const read = (plugin: Plugin, body: unknown) => {
  const found = plugin.decode(body)
  if ('reasons' in found) throw new Error(found.reasons.join('; '))
  return found
}
const line = (plugin: Plugin, body: unknown = plugin.sample) => read(plugin, body).payloadFor('log', eventOf(plugin))

describe('plugin-rtc', () => {
  it('declares twenty-two callbacks, each with a log line', () => {
    expect(plugins.map(({ command }) => command).sort()).to.deep.equal([
      'Call.CallbackAfterEndCall',
      'Call.CallbackAfterMemberChanged',
      'Call.CallbackAfterStartCall',
      'Live.CallbackAfterChangeOwner',
      'Live.CallbackAfterCreateBattle',
      'Live.CallbackAfterCreateRoom',
      'Live.CallbackAfterCreateRoomReachingThreshold',
      'Live.CallbackAfterDelMetadata',
      'Live.CallbackAfterDestroyRoom',
      'Live.CallbackAfterEndBattle',
      'Live.CallbackAfterMemberStateChanged',
      'Live.CallbackAfterModifyAdmin',
      'Live.CallbackAfterSetMetadata',
      'Live.CallbackAfterStartBattle',
      'Live.CallbackAfterUpdateRoomInfo',
      'Live.CallbackBeforeSendGift',
      'Mic.CallbackAfterSeatInfoChanged',
      'Room.CallbackAfterCreateRoom',
      'Room.CallbackAfterDestroyRoom',
      'Room.CallbackAfterMemberEnter',
      'Room.CallbackAfterMemberLeave',
      'Room.CallbackAfterUpdateRoomInfo',
    ])
    for (const { command, hooks } of plugins) expect(hooks, command).to.include('log')
  })

  it('has the room or the call as key, and no key for the limit of the app', () => {
    const keys = new Map(plugins.map((plugin) => [plugin.command, read(plugin, plugin.sample).key]))
    for (const [command, key] of keys) {
      const expected = command.startsWith('Call.') ? 'call1' : command.endsWith('ReachingThreshold') ? undefined : 'room1'
      expect(key, command).to.equal(expected)
    }
  })

  it('logs the accounts and what happened', () => {
    expect(line(rtc.roomAfterCreateRoom)).to.equal('room room1 (MyFirstRoom) of user1 created by admin, Running')
    expect(line(rtc.roomAfterMemberLeave)).to.equal('user1 left room room1 (Leave), members now: 20')
    expect(line(rtc.liveAfterEndBattle)).to.equal('battle battle1 ended (OpType 0): room1 (0) against room2 (0)')
    expect(line(rtc.liveBeforeSendGift)).to.equal('live room room1: user1 gives 1 × gift1 (1000 coins) to user2')
    expect(line(rtc.callAfterMemberChanged)).to.equal('call call1: user2 Answer, members now: 1')
  })

  it('names three accounts, counts the others, and logs "nobody" for an empty list', () => {
    const enter = (MemberList_Account: readonly string[]) =>
      line(rtc.roomAfterMemberEnter, { ...rtc.roomAfterMemberEnter.sample, MemberList_Account })
    expect(enter(['a', 'b', 'c'])).to.equal('a, b, c entered room room1, members now: 20')
    expect(enter(['a', 'b', 'c', 'd', 'e'])).to.equal('a, b, c, 2 more entered room room1, members now: 20')
    expect(enter([])).to.equal('nobody entered room room1, members now: 20')
  })
})

describe('Room and Mic callbacks', () => {
  it('log the changed fields of a room without their values', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    const less = { ...sample, RoomInfo: { RoomId: 'room1', CustomInfo: 'private' } }
    expect(line(rtc.roomAfterUpdateRoomInfo, less)).to.equal('room room1 updated by user1: CustomInfo')
    expect(line(rtc.liveAfterUpdateRoomInfo, less)).to.equal('live room room1 updated by user1: CustomInfo')
    const nothing = { ...sample, RoomInfo: { RoomId: 'room1' } }
    expect(line(rtc.roomAfterUpdateRoomInfo, nothing)).to.equal('room room1 updated by user1: nothing')
  })

  it('decode a flag from a boolean or from a word', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    for (const IsCloudRecordingDisabled of [true, 'true']) {
      const { body } = read(rtc.roomAfterUpdateRoomInfo, { ...sample, RoomInfo: { RoomId: 'room1', IsCloudRecordingDisabled } })
      expect(body).to.have.deep.property('RoomInfo', { RoomId: 'room1', IsCloudRecordingDisabled: true })
    }
  })

  it('accept an unknown seat mode', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    const invented = { ...sample, RoomInfo: { RoomId: 'room1', TakeSeatMode: 'Auction' } }
    expect(read(rtc.roomAfterUpdateRoomInfo, invented).body).to.have.nested.property('RoomInfo.TakeSeatMode', 'Auction')
  })

  it('accept empty seats', () => {
    const { sample } = rtc.micAfterSeatInfoChanged
    const seat = { Index: 2, IsTakenDisabled: false, IsVideoDisabled: false, IsAudioDisabled: false }
    const SeatList = [{ ...seat, Member_Account: 'user1' }, { ...seat, Member_Account: '' }, seat]
    expect(line(rtc.micAfterSeatInfoChanged, { ...sample, SeatList })).to.equal('seats of room room1 changed: 1 of 3 taken')
  })
})

describe('Live callbacks', () => {
  it('use EventTime, or else the creation time of the room', () => {
    const { sample } = rtc.liveAfterCreateRoom
    expect(read(rtc.liveAfterCreateRoom, sample).eventTime).to.equal(1_703_589_922_000)
    expect(read(rtc.liveAfterCreateRoom, { ...sample, EventTime: 1_703_589_922_780 }).eventTime).to.equal(1_703_589_922_780)
  })

  it('keep all digits of an owner’s internal number', () => {
    const { sample } = rtc.liveAfterEndBattle
    const room = (Owner_Account: unknown) => ({ RoomId: 'room1', Score: 1, Owner_Account })
    const { body } = read(rtc.liveAfterEndBattle, { ...sample, FromRoomInfo: room('144115198576116560'), ToRoomList: [room(144115198)] })
    expect(body).to.have.nested.property('FromRoomInfo.Owner_Account', '144115198576116560')
    expect(body).to.have.nested.property('ToRoomList[0].Owner_Account', '144115198')
  })

  it('accept a destroyed room without a Statistic', () => {
    const { Statistic: _, ...less } = rtc.liveAfterDestroyRoom.sample
    expect(line(rtc.liveAfterDestroyRoom, less)).to.equal('live room room1 (MyFirstRoom) of user1 ended by admin (DestroyByUser), 0 views')
  })
})

describe('Live.CallbackBeforeSendGift', () => {
  const gift = rtc.liveBeforeSendGift
  const answer = (verdict: Parameters<NonNullable<ReturnType<typeof read>['answer']>>[0]) => read(gift, gift.sample).answer?.(verdict)

  it('falls back to a refusal', () => {
    expect(gift.before).to.have.property('fallback', 'refuse')
  })

  it('refuses with a code in the range, and with the default code outside of it', () => {
    expect(answer(allow)).to.have.nested.property('answer.ErrorCode', 0)
    expect(answer(refuse())).to.have.nested.property('answer.ErrorCode', 1)
    for (const code of [102_100, 102_200]) expect(answer(refuse(code, 'too dear'))).to.have.nested.property('answer.ErrorCode', code)
    for (const code of [102_099, 102_201, 10_100]) {
      expect(answer(refuse(code))).to.have.nested.property('answer.ErrorCode', 1)
      expect(answer(refuse(code))).to.have.property('warning')
    }
  })

  it('does not accept `drop`', () => {
    expect(answer(drop)).to.have.nested.property('answer.ErrorCode', 1)
    // @ts-expect-error a decision that says so does not compile
    decideWith(gift, () => drop)
    // @ts-expect-error nor one with fields: the answer has none
    decideWith(gift, () => allowWith({ GiftId: 'gift2' }))
    // @ts-expect-error nor one about what happened already
    decideWith(rtc.callAfterEndCall, () => allow)
  })

  it('has the time of the gift order, converted from seconds', () => {
    expect(read(gift, gift.sample).eventTime).to.equal(1_703_589_922_000)
  })
})

describe('Call callbacks', () => {
  it('log the media type from either of its two names', () => {
    const { sample } = rtc.callAfterStartCall
    const info = { CallId: 'call1', ChatGroupId: '', RoomId: '', RoomIdType: 1 }
    const start = (more: object) => line(rtc.callAfterStartCall, { ...sample, CallInfo: { ...info, ...more } })
    expect(start({ CallMediaType: 'Audio' })).to.equal('call call1 started (Audio): user1, user2')
    expect(start({ MediaType: 'Video' })).to.equal('call call1 started (Video): user1, user2')
    expect(start({})).to.equal('call call1 started (unknown media): user1, user2')
  })
})
