import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'

/** The body of `C2C.CallbackAfterMsgWithDraw`. Source: vendor document 1047/43466. */
export const C2CAfterMsgWithDraw = struct(
  { From_Account: string, To_Account: string },
  {
    /** `<MsgSeq>_<MsgRandom>_<MsgTime>`. */
    MsgKey: string,
    /** All unread one-to-one messages of the recipient. */
    UnreadMsgNum: integer,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterMsgWithDraw = TypeOf<typeof C2CAfterMsgWithDraw>

/** A message to one account was recalled. */
export const c2cAfterMsgWithDraw = definePlugin({
  command: 'C2C.CallbackAfterMsgWithDraw',
  title: 'Message to one account recalled',
  body: C2CAfterMsgWithDraw,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  sample: {
    From_Account: 'user1',
    To_Account: 'user2',
    MsgKey: '48374_2837546_1557481126',
    UnreadMsgNum: 7,
  },
  hooks: {
    log: ({ body }) => `message ${orUnknown(body.MsgKey, 'key')} of ${body.From_Account} to ${body.To_Account} recalled`,
  },
})
