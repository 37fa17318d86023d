import { isObject, type Plugin } from '@callboard/core'
import { withAt } from './bodies.ts'
import { plugins } from './plugins.ts'

/** A body that a page or a capture shows, told by its difference from the sample of the plugin. */
interface KnownBody {
  readonly command: string
  readonly from: string
  /** The paths of the sample that the body lacks. */
  readonly lacks: readonly string[]
  /** The fields that it has instead, or in addition. */
  readonly has?: Readonly<Record<string, unknown>>
}

const c2cMessage = ['MsgSeq', 'MsgRandom', 'MsgKey', 'OnlineOnlyFlag', 'CloudCustomData']
const c2cResult = ['SendMsgResult', 'ErrorInfo', 'UnreadMsgNum']
const groupMessage = ['Operator_Account', 'Random', 'OnlineOnlyFlag', 'CloudCustomData', 'EventTime']

/** The bodies that are known to lack documented fields, or to have undocumented ones. */
export const knownBodies: readonly KnownBody[] = [
  { command: 'C2C.CallbackAfterSendMsg', from: 'page of 2016', lacks: [...c2cMessage, ...c2cResult, 'MsgTime'] },
  { command: 'C2C.CallbackAfterSendMsg', from: 'capture of 2017', lacks: [...c2cMessage, ...c2cResult] },
  { command: 'C2C.CallbackAfterSendMsg', from: 'page of 2019', lacks: ['MsgKey', 'OnlineOnlyFlag', 'CloudCustomData', ...c2cResult] },
  { command: 'C2C.CallbackAfterSendMsg', from: 'page of 2020', lacks: ['OnlineOnlyFlag', 'CloudCustomData', 'UnreadMsgNum'] },
  { command: 'C2C.CallbackAfterSendMsg', from: 'body of 2026', lacks: [], has: { MsgId: '1', MsgRandom: 2 ** 53 - 1 } },
  { command: 'C2C.CallbackBeforeSendMsg', from: 'page of 2016', lacks: [...c2cMessage, 'MsgTime'] },
  { command: 'C2C.CallbackBeforeSendMsg', from: 'capture of 2018', lacks: [...c2cMessage, 'MsgTime'], has: { FriendShip: 1 } },
  { command: 'C2C.CallbackBeforeSendMsg', from: 'page of 2019', lacks: ['MsgKey', 'OnlineOnlyFlag', 'CloudCustomData'] },
  { command: 'Group.CallbackAfterSendMsg', from: 'capture of 2016', lacks: [...groupMessage, 'MsgSeq', 'MsgTime', 'MsgId'] },
  { command: 'Group.CallbackAfterSendMsg', from: 'page of 2019', lacks: [...groupMessage, 'MsgId'] },
  { command: 'Group.CallbackAfterSendMsg', from: 'page of 2020', lacks: ['OnlineOnlyFlag', 'CloudCustomData', 'EventTime', 'MsgId'] },
  { command: 'Group.CallbackAfterSendMsg', from: 'capture of 2022', lacks: ['MsgId'], has: { MsgPriority: 'Normal', EventTime: 1 } },
  {
    command: 'Group.CallbackBeforeSendMsg',
    from: 'older sister product',
    lacks: ['Type', 'TopicId', ...groupMessage],
    has: { NickName: 'nick' },
  },
  { command: 'Group.CallbackBeforeSendMsg', from: 'page of 2019', lacks: ['TopicId', ...groupMessage] },
  {
    command: 'Group.CallbackBeforeSendMsg',
    from: 'capture of 2022',
    lacks: ['TopicId', 'CloudCustomData'],
    has: { MsgPriority: 'Normal' },
  },
  {
    command: 'Bot.OnC2CMessage',
    from: 'near-capture of 2023',
    lacks: [...c2cMessage, 'SendMsgResult', 'ErrorInfo', 'MsgTime', 'EventTime'],
    has: { UnreadMsgNum: 1, SyncOtherMachine: 1, SupportMessageExtension: 0 },
  },
  {
    command: 'Bot.OnGroupMessage',
    from: 'capture',
    lacks: [...groupMessage, 'Type', 'From_Account', 'MsgSeq', 'MsgTime', 'AtRobots_Account'],
  },
  {
    command: 'State.StateChange',
    from: 'capture before 2020',
    lacks: ['EventTime', 'KickedDevice'],
    has: { Info: { Action: 'Logout', To_Account: 'user1', Reason: 'LinkClose' } },
  },
  { command: 'Group.CallbackBeforeCreateGroup', from: 'page of 2019', lacks: ['CreateGroupNum', 'EventTime'], has: { CreatedNum: 123 } },
  {
    command: 'Group.CallbackBeforeCreateGroup',
    from: 'page of 2020',
    lacks: ['CreateGroupNum', 'EventTime'],
    has: { CreatedGroupNum: 123 },
  },
  { command: 'Group.CallbackBeforeCreateGroup', from: 'SDK of 2025', lacks: ['MemberList'], has: { CreatedGroupNum: { Public: 1 } } },
  { command: 'Group.CallbackAfterCreateGroup', from: 'page of 2019', lacks: ['EventTime', 'UserDefinedDataList'] },
  {
    command: 'Group.CallbackAfterCreateGroup',
    from: 'capture of 2023',
    lacks: ['UserDefinedDataList'],
    has: { InviteOption: 'FreeAccess' },
  },
  { command: 'Group.CallbackAfterNewMemberJoin', from: 'page of 2016', lacks: ['EventTime'] },
  { command: 'Group.CallbackAfterGroupDestroyed', from: 'table of 2023', lacks: ['Name', 'MemberList'], has: { Type: 'Community' } },
  { command: 'Group.CallbackAfterMemberFieldChanged', from: 'SDK of 2025', lacks: ['Member_Account'], has: { Modified_Account: 'user1' } },
  { command: 'Group.CallbackAfterGroupAttrChanged', from: 'table of 2024', lacks: ['OptionType', 'GroupAttr'] },
  { command: 'Group.CallbackAfterRecallMsg', from: 'page of 2020', lacks: ['TopicId', 'EventTime'] },
  { command: 'Group.CallbackAfterRecallMsg', from: 'page of 2026', lacks: [], has: { MsgSeqList: [{ MsgSeq: 130, MsgId: '1' }] } },
  { command: 'Group.CallbackOnMemberStateChange', from: 'page of 2026', lacks: [], has: { EventCause: 'HeartbeatInterrupt' } },
  { command: 'ContentCallback.ResultNotify', from: 'table', lacks: ['SdkAppId'], has: { TextContent: 'aaa' } },
  {
    command: 'Push.OfflinePush',
    from: 'page of 2026',
    lacks: [],
    has: { Events: [{ PushPlatform: 8, GroupID: '', MsgRandom: '', ErrCode: 0 }] },
  },
  { command: 'Push.AllMemberPush', from: 'page of 2026', lacks: [], has: { Events: [{ TaskId: 'a', TaskTime: '', DeviceType: '' }] } },
  { command: 'Call.CallbackAfterStartCall', from: 'table', lacks: ['CallInfo.CallMediaType'] },
  { command: 'Call.CallbackAfterStartCall', from: 'sample', lacks: [], has: { UserList: [{ User_Account: '144115198576116560' }] } },
  {
    command: 'Call.CallbackAfterStartCall',
    from: 'small account',
    lacks: [],
    has: { UserList: [{ User_Account: 144115198, Status: 'Busy' }] },
  },
  { command: 'Mic.CallbackAfterSeatInfoChanged', from: 'sample', lacks: [], has: { SeatList: [{ Index: 1, Member_Account: 144115198 }] } },
  {
    command: 'Live.CallbackAfterEndBattle',
    from: 'sample',
    lacks: ['ToRoomList.0.Score'],
    has: { FromRoomInfo: { RoomId: 'room1', Owner_Account: 1 } },
  },
  { command: 'Live.CallbackAfterCreateRoomReachingThreshold', from: 'table', lacks: [], has: { CurRoomCount: '400', MaxRoomCount: '500' } },
  {
    command: 'Profile.CallbackPortraitSet',
    from: 'table',
    lacks: [],
    has: { ProfileItem: [{ Tag: 'Tag_Profile_IM_BirthDay', Value: 19_840_101 }] },
  },
  {
    command: 'Group.CallbackAfterCreateTopic',
    from: 'SDK of 2025',
    lacks: [],
    has: { UserDefinedDataList: [{ key: 'a', value: { b: [1] } }] },
  },
  {
    command: 'Group.CallbackAfterNewMemberJoin',
    from: 'relay that merges the URL parameters',
    lacks: [],
    has: { SdkAppid: '1400000000', contenttype: 'json', ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  },
  { command: 'Live.CallbackAfterCreateRoom', from: 'table', lacks: ['RoomInfo.Category'], has: { EventTime: 1_703_589_922_780 } },
  { command: 'Live.CallbackAfterDestroyRoom', from: 'capture of 2025', lacks: ['Statistic'], has: { RoomInfo: { RoomId: 'room1' } } },
]

/** Returns the plugin of a command. Throws if there is none. */
export const pluginOf = (command: string): Plugin => {
  const plugin = plugins.find((each) => each.command === command)
  if (plugin === undefined) throw new Error(`no plugin declares ${command}`)
  return plugin
}

/** Returns a known body as it was sent. Throws if the sample has no field that the body lacks. */
export const bodyOf = ({ command, lacks, has }: KnownBody): object => {
  const { sample } = pluginOf(command)
  const body = lacks.reduce<unknown>((before, path) => {
    const after = withAt(before, path.split('.'), undefined)
    if (JSON.stringify(after) === JSON.stringify(before)) throw new Error(`the sample of ${command} has no ${path}`)
    return after
  }, sample)
  if (!isObject(body)) throw new Error('no object')
  return { ...body, ...has }
}
