import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { groupMessageVerdicts } from '../shapes/group-verdicts.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `Group.CallbackBeforeSendMsg`. Source: vendor documents 1047/34374, 647/74347. */
export const GroupBeforeSendMsg = struct(
  { GroupId: string, MsgBody },
  {
    ...groupType,
    /** `@TLS#NOT_FOUND` for system messages. */
    From_Account: string,
    /** The account that sent the request. It differs from the sender if an administrator sent it. */
    Operator_Account: string,
    Random: integer,
    /** 1: sent only to members who are online, and not stored. */
    OnlineOnlyFlag: integer,
    /** Absent if the sender set none. */
    CloudCustomData: string,
    /** Only in topics of a community. */
    TopicId: string,
    /** Undocumented, seen in an AVChatRoom: High, Normal, Low, Lowest. */
    MsgPriority: string,
    MsgId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeSendMsg = TypeOf<typeof GroupBeforeSendMsg>

/** A user sends a message to a group. A refused or dropped message is not reported by `Group.CallbackAfterSendMsg`. */
export const groupBeforeSendMsg = definePlugin({
  command: 'Group.CallbackBeforeSendMsg',
  title: 'Before a group message is sent',
  body: GroupBeforeSendMsg,
  key: (body) => body.GroupId,
  before: groupMessageVerdicts,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Community',
    From_Account: 'user1',
    Operator_Account: 'admin',
    Random: 123456,
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    TopicId: '@TGS#_@TGS#1@TOPIC#_T',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${orUnknown(body.From_Account, 'sender')} sends ${formatKinds(body.MsgBody)} to group ${body.GroupId}`,
  },
})
