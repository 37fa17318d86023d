import { definePlugin, inMillis, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `C2C.CallbackAfterSendMsg`. Source: vendor documents 1047/34365, 269/2716. */
export const C2CAfterSendMsg = struct(
  { From_Account: string, To_Account: string, MsgBody },
  {
    MsgSeq: integer,
    MsgRandom: integer,
    /** Seconds since the Unix epoch. */
    MsgTime: integer,
    /** `<MsgSeq>_<MsgRandom>_<MsgTime>`. */
    MsgKey: string,
    /** 1: sent only to members who are online, and not stored. */
    OnlineOnlyFlag: integer,
    /** 0: delivered; else the error. */
    SendMsgResult: integer,
    ErrorInfo: string,
    /** All unread one-to-one messages of the recipient; -1 when it is not known. */
    UnreadMsgNum: integer,
    /** Absent if the sender set none. */
    CloudCustomData: string,
    /** Sent by newer apps. */
    MsgId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterSendMsg = TypeOf<typeof C2CAfterSendMsg>

/** A message to one account was delivered or failed. Its `ErrorInfo` is about the message, not about this callback. */
export const c2cAfterSendMsg = definePlugin({
  command: 'C2C.CallbackAfterSendMsg',
  title: 'Message to one account sent',
  body: C2CAfterSendMsg,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  sample: {
    From_Account: 'user1',
    To_Account: 'user2',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    OnlineOnlyFlag: 1,
    SendMsgResult: 0,
    ErrorInfo: 'send msg succeed',
    UnreadMsgNum: 7,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
  },
  hooks: {
    log: ({ body: { From_Account, To_Account, MsgBody, SendMsgResult = 0, ErrorInfo } }) => {
      const failure = SendMsgResult === 0 ? '' : `, failed: ${SendMsgResult} ${orUnknown(ErrorInfo, 'reason')}`
      return `${From_Account} sent ${formatKinds(MsgBody)} to ${To_Account}${failure}`
    },
  },
})
