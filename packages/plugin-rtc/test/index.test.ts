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

describe('Room, Mic, Live and Call', () => {
  it('are twenty-two callbacks, each with a line for the log', () => {
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

  it('keep order by the room or the call; only the limit of the app has no order', () => {
    const keys = new Map(plugins.map((plugin) => [plugin.command, read(plugin, plugin.sample).key]))
    for (const [command, key] of keys) {
      const expected = command.startsWith('Call.') ? 'call1' : command.endsWith('ReachingThreshold') ? undefined : 'room1'
      expect(key, command).to.equal(expected)
    }
  })

  it('show the log who did what to whom', () => {
    expect(line(rtc.roomAfterCreateRoom)).to.equal('room room1 (MyFirstRoom) of user1 created by admin, Running')
    expect(line(rtc.roomAfterMemberLeave)).to.equal('user1 left room room1 (Leave), members now: 20')
    expect(line(rtc.liveAfterEndBattle)).to.equal('battle battle1 ended (OpType 0): room1 (0) against room2 (0)')
    expect(line(rtc.liveBeforeSendGift)).to.equal('live room room1: user1 gives 1 × gift1 (1000 coins) to user2')
    expect(line(rtc.callAfterMemberChanged)).to.equal('call call1: user2 Answer, members now: 1')
  })

  it('name three accounts and count the rest, and nobody where there is none', () => {
    const enter = (MemberList_Account: readonly string[]) =>
      line(rtc.roomAfterMemberEnter, { ...rtc.roomAfterMemberEnter.sample, MemberList_Account })
    expect(enter(['a', 'b', 'c'])).to.equal('a, b, c entered room room1, members now: 20')
    expect(enter(['a', 'b', 'c', 'd', 'e'])).to.equal('a, b, c, 2 more entered room room1, members now: 20')
    expect(enter([])).to.equal('nobody entered room room1, members now: 20')
  })
})

describe('a room', () => {
  it('is updated in part, and the log names the fields, not what they hold', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    const less = { ...sample, RoomInfo: { RoomId: 'room1', CustomInfo: 'private' } }
    expect(line(rtc.roomAfterUpdateRoomInfo, less)).to.equal('room room1 updated by user1: CustomInfo')
    expect(line(rtc.liveAfterUpdateRoomInfo, less)).to.equal('live room room1 updated by user1: CustomInfo')
    const nothing = { ...sample, RoomInfo: { RoomId: 'room1' } }
    expect(line(rtc.roomAfterUpdateRoomInfo, nothing)).to.equal('room room1 updated by user1: nothing')
  })

  it('is not recorded, whether the vendor says so with a boolean or with a word', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    for (const IsCloudRecordingDisabled of [true, 'true']) {
      const { body } = read(rtc.roomAfterUpdateRoomInfo, { ...sample, RoomInfo: { RoomId: 'room1', IsCloudRecordingDisabled } })
      expect(body).to.have.deep.property('RoomInfo', { RoomId: 'room1', IsCloudRecordingDisabled: true })
    }
  })

  it('takes a type and a seat mode that the vendor invents tomorrow', () => {
    const { sample } = rtc.roomAfterUpdateRoomInfo
    const invented = { ...sample, RoomInfo: { RoomId: 'room1', TakeSeatMode: 'Auction' } }
    expect(read(rtc.roomAfterUpdateRoomInfo, invented).body).to.have.nested.property('RoomInfo.TakeSeatMode', 'Auction')
  })

  it('has empty seats too', () => {
    const { sample } = rtc.micAfterSeatInfoChanged
    const seat = { Index: 2, IsTakenDisabled: false, IsVideoDisabled: false, IsAudioDisabled: false }
    const SeatList = [{ ...seat, Member_Account: 'user1' }, { ...seat, Member_Account: '' }, seat]
    expect(line(rtc.micAfterSeatInfoChanged, { ...sample, SeatList })).to.equal('seats of room room1 changed: 1 of 3 taken')
  })
})

describe('a live room', () => {
  it('without an EventTime was created when it says so; with one, then', () => {
    const { sample } = rtc.liveAfterCreateRoom
    expect(read(rtc.liveAfterCreateRoom, sample).eventTime).to.equal(1_703_589_922_000)
    expect(read(rtc.liveAfterCreateRoom, { ...sample, EventTime: 1_703_589_922_780 }).eventTime).to.equal(1_703_589_922_780)
  })

  it('has an owner whose internal number stays as long as it was', () => {
    const { sample } = rtc.liveAfterEndBattle
    const room = (Owner_Account: unknown) => ({ RoomId: 'room1', Score: 1, Owner_Account })
    const { body } = read(rtc.liveAfterEndBattle, { ...sample, FromRoomInfo: room('144115198576116560'), ToRoomList: [room(144115198)] })
    expect(body).to.have.nested.property('FromRoomInfo.Owner_Account', '144115198576116560')
    expect(body).to.have.nested.property('ToRoomList[0].Owner_Account', '144115198')
  })

  it('ends without a Statistic, as it does on the wire', () => {
    const { Statistic: _, ...less } = rtc.liveAfterDestroyRoom.sample
    expect(line(rtc.liveAfterDestroyRoom, less)).to.equal('live room room1 (MyFirstRoom) of user1 ended by admin (DestroyByUser), 0 views')
  })
})

describe('a gift', () => {
  const gift = rtc.liveBeforeSendGift
  const answer = (verdict: Parameters<NonNullable<ReturnType<typeof read>['answer']>>[0]) => read(gift, gift.sample).answer?.(verdict)

  it('is refused when nobody decides in time', () => {
    expect(gift.before).to.have.property('fallback', 'refuse')
  })

  it('is refused with a code of its own, and with the plain one where the client would not see it', () => {
    expect(answer(allow)).to.have.nested.property('answer.ErrorCode', 0)
    expect(answer(refuse())).to.have.nested.property('answer.ErrorCode', 1)
    for (const code of [102_100, 102_200]) expect(answer(refuse(code, 'too dear'))).to.have.nested.property('answer.ErrorCode', code)
    for (const code of [102_099, 102_201, 10_100]) {
      expect(answer(refuse(code))).to.have.nested.property('answer.ErrorCode', 1)
      expect(answer(refuse(code))).to.have.property('warning')
    }
  })

  it('is never dropped: the vendor knows no silence here', () => {
    expect(answer(drop)).to.have.nested.property('answer.ErrorCode', 1)
    // @ts-expect-error a decision that says so does not compile
    decideWith(gift, () => drop)
    // @ts-expect-error nor one with fields: the answer has none
    decideWith(gift, () => allowWith({ GiftId: 'gift2' }))
    // @ts-expect-error nor one about what happened already
    decideWith(rtc.callAfterEndCall, () => allow)
  })

  it('happened when its order was made, which counts in seconds', () => {
    expect(read(gift, gift.sample).eventTime).to.equal(1_703_589_922_000)
  })
})

describe('a call', () => {
  it('is shown with its media, by whichever name the vendor sends it', () => {
    const { sample } = rtc.callAfterStartCall
    const info = { CallId: 'call1', ChatGroupId: '', RoomId: '', RoomIdType: 1 }
    const start = (more: object) => line(rtc.callAfterStartCall, { ...sample, CallInfo: { ...info, ...more } })
    expect(start({ CallMediaType: 'Audio' })).to.equal('call call1 started (Audio): user1, user2')
    expect(start({ MediaType: 'Video' })).to.equal('call call1 started (Video): user1, user2')
    expect(start({})).to.equal('call call1 started (unknown media): user1, user2')
  })
})
