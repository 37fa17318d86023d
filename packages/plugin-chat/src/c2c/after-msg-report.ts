import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'

/** The body of `C2C.CallbackAfterMsgReport`. Source: vendor document 1047/43465. */
export const C2CAfterMsgReport = struct(
  {
    /** The account that read. */
    Report_Account: string,
    /** The account whose messages were read. */
    Peer_Account: string,
  },
  {
    /** Messages up to this time are read, in seconds since the Unix epoch. */
    LastReadTime: integer,
    /** The number of unread messages in all conversations of the reader. */
    UnreadMsgNum: integer,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterMsgReport = TypeOf<typeof C2CAfterMsgReport>

/** An account read a conversation with another. */
export const c2cAfterMsgReport = definePlugin({
  command: 'C2C.CallbackAfterMsgReport',
  title: 'Conversation read',
  body: C2CAfterMsgReport,
  key: (body) => conversationKey(body.Report_Account, body.Peer_Account),
  sample: {
    Report_Account: 'user1',
    Peer_Account: 'user2',
    LastReadTime: 1614754606,
    UnreadMsgNum: 7,
  },
  hooks: {
    log: ({ body }) =>
      `${body.Report_Account} read what ${body.Peer_Account} wrote, ${orUnknown(body.UnreadMsgNum, 'number of')} unread left`,
  },
})
