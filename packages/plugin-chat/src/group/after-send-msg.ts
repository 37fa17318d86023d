import { definePlugin, integer, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { kindsOf, MsgBody } from '../shapes/msg-body.ts'
import { inMillis } from '../shapes/seconds.ts'

/** The body of `Group.CallbackAfterSendMsg`, as it is seen on the wire. Source: vendor documents 1047/34375, 647/74348. */
export const GroupAfterSendMsg = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    /** `@TLS#NOT_FOUND` for messages of the system. */
    From_Account: t.string,
    /** Who issued the request; tells an administrator from the sender. */
    Operator_Account: t.string,
    Random: integer,
    MsgSeq: integer,
    /** Seconds since the Unix epoch. */
    MsgTime: integer,
    MsgBody,
  },
  {
    /** Of newer apps. */
    MsgId: t.string,
    /** 1: only to those online now, and not stored. */
    OnlineOnlyFlag: integer,
    /** Absent when the sender set none. */
    CloudCustomData: t.string,
    /** Only in topics of a community. */
    TopicId: t.string,
    /** High, Normal, Low, Lowest; undocumented, seen in an AVChatRoom. */
    MsgPriority: t.string,
    /** Who was mentioned: everyone (1), or one member (0). */
    GroupAtInfo: list(struct({ GroupAtAllFlag: integer }, { GroupAt_Account: t.string })),
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterSendMsg = t.TypeOf<typeof GroupAfterSendMsg>

/** A message was delivered to a group. */
export const groupAfterSendMsg = definePlugin({
  command: 'Group.CallbackAfterSendMsg',
  title: 'Group message sent',
  body: GroupAfterSendMsg,
  key: (body) => body.GroupId,
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  sample: {
    CallbackCommand: 'Group.CallbackAfterSendMsg',
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
    log: ({ body }) => `${body.From_Account} sent ${kindsOf(body.MsgBody)} to group ${body.GroupId}, message ${body.MsgSeq}`,
  },
})
