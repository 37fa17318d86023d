import { definePlugin, integer, string, struct, type TypeOf } from '@callboard/core'
import { conversation } from '../shapes/conversation.ts'
import { eventTime } from '../shapes/time.ts'

/** The body of `C2C.CallbackAfterMsgReport`, as it is seen on the wire. Source: vendor document 1047/43465. */
export const C2CAfterMsgReport = struct(
  {
    /** Who has read. */
    Report_Account: string,
    /** Whose messages. */
    Peer_Account: string,
    /** Messages up to this second since the Unix epoch are read. */
    LastReadTime: integer,
    /** What is left unread, in all conversations of the reader. */
    UnreadMsgNum: integer,
  },
  eventTime,
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterMsgReport = TypeOf<typeof C2CAfterMsgReport>

/** An account read a conversation with another. */
export const c2cAfterMsgReport = definePlugin({
  command: 'C2C.CallbackAfterMsgReport',
  title: 'Conversation read',
  body: C2CAfterMsgReport,
  key: (body) => conversation(body.Report_Account, body.Peer_Account),
  sample: {
    Report_Account: 'user1',
    Peer_Account: 'user2',
    LastReadTime: 1614754606,
    UnreadMsgNum: 7,
  },
  hooks: {
    log: ({ body }) => `${body.Report_Account} read what ${body.Peer_Account} wrote, ${body.UnreadMsgNum} unread left`,
  },
})
