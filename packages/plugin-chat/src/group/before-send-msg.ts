import { definePlugin, integer, millis, string, struct, type TypeOf } from '@callboard/core'
import { groupFields } from '../shapes/group-fields.ts'
import { groupMessageVerdicts } from '../shapes/group-verdicts.ts'
import { kindsOf, MsgBody } from '../shapes/msg-body.ts'

/** The body of `Group.CallbackBeforeSendMsg`, as it is seen on the wire. Source: vendor documents 1047/34374, 647/74347. */
export const GroupBeforeSendMsg = struct(
  {
    ...groupFields,
    /** `@TLS#NOT_FOUND` for messages of the system. */
    From_Account: string,
    /** Who issued the request; tells an administrator from the sender. */
    Operator_Account: string,
    Random: integer,
    MsgBody,
  },
  {
    /** 1: only to those online now, and not stored. */
    OnlineOnlyFlag: integer,
    /** Absent when the sender set none. */
    CloudCustomData: string,
    /** Only in topics of a community. */
    TopicId: string,
    /** High, Normal, Low, Lowest; undocumented, seen in an AVChatRoom. */
    MsgPriority: string,
    MsgId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeSendMsg = TypeOf<typeof GroupBeforeSendMsg>

/** Somebody sends a message to a group. What is refused or dropped here never reaches `Group.CallbackAfterSendMsg`. */
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
    log: ({ body }) => `${body.From_Account} sends ${kindsOf(body.MsgBody)} to group ${body.GroupId}`,
  },
})
