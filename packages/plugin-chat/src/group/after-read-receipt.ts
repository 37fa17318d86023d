import { definePlugin, integer, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { members, names } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterReadReceipt`, as it is seen on the wire. Source: vendor document 1047/60395. */
export const GroupAfterReadReceipt = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    GroupMsgReceiptList: list(struct({ MsgSeq: integer, ReadNum: integer, UnreadNum: integer }, { ReadReceiptMembers: members })),
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterReadReceipt = t.TypeOf<typeof GroupAfterReadReceipt>

/** Members read messages that asked for a receipt. A Community has none. */
export const groupAfterReadReceipt = definePlugin({
  command: 'Group.CallbackAfterReadReceipt',
  title: 'Group messages read',
  body: GroupAfterReadReceipt,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterReadReceipt',
    GroupId: '@TGS#1',
    Type: 'Public',
    GroupMsgReceiptList: [{ MsgSeq: 1, ReadNum: 1, UnreadNum: 6, ReadReceiptMembers: [{ Member_Account: 'user1' }] }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `group ${body.GroupId} read ${names(body.GroupMsgReceiptList.map(({ MsgSeq, ReadNum, UnreadNum }) => `message ${MsgSeq} (${ReadNum} of ${ReadNum + UnreadNum})`))}`,
  },
})
