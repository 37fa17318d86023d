import { definePlugin, integer, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { names } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterRecallMsg`, as it is seen on the wire. Source: vendor document 1047/46979. */
export const GroupAfterRecallMsg = struct(
  {
    Operator_Account: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    GroupId: t.string,
    MsgSeqList: list(struct({ MsgSeq: integer }, { MsgId: t.string })),
  },
  {
    /** Only in topics of a community. */
    TopicId: t.string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterRecallMsg = t.TypeOf<typeof GroupAfterRecallMsg>

/** Messages of a group were recalled. */
export const groupAfterRecallMsg = definePlugin({
  command: 'Group.CallbackAfterRecallMsg',
  title: 'Group message recalled',
  body: GroupAfterRecallMsg,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterRecallMsg',
    Operator_Account: 'admin',
    Type: 'Community',
    GroupId: '@TGS#1',
    MsgSeqList: [{ MsgSeq: 130 }],
    TopicId: '@TGS#_@TGS#1@TOPIC#_T',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${body.Operator_Account} recalled ${names(body.MsgSeqList.map(({ MsgSeq }) => `message ${MsgSeq}`))} of group ${body.GroupId}`,
  },
})
