import { definePlugin, inMillis, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `Group.CallbackAfterSendMsg`. Source: vendor documents 1047/34375, 647/74348. */
export const GroupAfterSendMsg = struct(
  { GroupId: string, MsgBody },
  {
    ...groupType,
    /** `@TLS#NOT_FOUND` for system messages. */
    From_Account: string,
    /** The account that sent the request. It differs from the sender if an administrator sent it. */
    Operator_Account: string,
    Random: integer,
    MsgSeq: integer,
    /** Seconds since the Unix epoch. */
    MsgTime: integer,
    /** Sent by newer apps. */
    MsgId: string,
    /** 1: sent only to members who are online, and not stored. */
    OnlineOnlyFlag: integer,
    /** Absent if the sender set none. */
    CloudCustomData: string,
    /** Only in topics of a community. */
    TopicId: string,
    /** Undocumented, seen in an AVChatRoom: High, Normal, Low, Lowest. */
    MsgPriority: string,
    /** The mentioned members: everyone (`GroupAtAllFlag` 1) or one member (0). */
    GroupAtInfo: list(struct({}, { GroupAtAllFlag: integer, GroupAt_Account: string })),
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterSendMsg = TypeOf<typeof GroupAfterSendMsg>

/** A message was delivered to a group. */
export const groupAfterSendMsg = definePlugin({
  command: 'Group.CallbackAfterSendMsg',
  title: 'Group message sent',
  body: GroupAfterSendMsg,
  key: (body) => body.GroupId,
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    From_Account: 'user1',
    Operator_Account: 'admin',
    Random: 123456,
    MsgId: '144115233406643804-1727580296-4026038328',
    MsgSeq: 123,
    MsgTime: 1490686222,
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.From_Account, 'sender')} sent ${formatKinds(body.MsgBody)} to group ${body.GroupId}, message ${orUnknown(body.MsgSeq, 'number')}`,
  },
})
