import { definePlugin, integer, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { conversation } from '../shapes/conversation.ts'

/** The body of `C2C.CallbackAfterMsgWithDraw`, as it is seen on the wire. Source: vendor document 1047/43466. */
export const C2CAfterMsgWithDraw = struct(
  {
    From_Account: t.string,
    To_Account: t.string,
    /** `<MsgSeq>_<MsgRandom>_<MsgTime>`. */
    MsgKey: t.string,
    /** All unread one-to-one messages of the recipient. */
    UnreadMsgNum: integer,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterMsgWithDraw = t.TypeOf<typeof C2CAfterMsgWithDraw>

/** A message to one account was recalled. */
export const c2cAfterMsgWithDraw = definePlugin({
  command: 'C2C.CallbackAfterMsgWithDraw',
  title: 'Message to one account recalled',
  body: C2CAfterMsgWithDraw,
  key: (body) => conversation(body.From_Account, body.To_Account),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterMsgWithDraw',
    From_Account: 'user1',
    To_Account: 'user2',
    MsgKey: '48374_2837546_1557481126',
    UnreadMsgNum: 7,
  },
  hooks: {
    log: ({ body }) => `message ${body.MsgKey} of ${body.From_Account} to ${body.To_Account} recalled`,
  },
})
