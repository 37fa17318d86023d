import { definePlugin, inMillis, integer, millis, string, struct, type TypeOf } from '@callboard/core'
import { c2cMessageVerdicts } from '../shapes/c2c-verdicts.ts'
import { conversationKey } from '../shapes/conversation-key.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `C2C.CallbackBeforeSendMsg`. Source: vendor documents 1047/34364, 269/1632. */
export const C2CBeforeSendMsg = struct(
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
    /** Absent if the sender set none. */
    CloudCustomData: string,
    /** Undocumented, seen once. */
    FriendShip: integer,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CBeforeSendMsg = TypeOf<typeof C2CBeforeSendMsg>

/** A user sends a message to one account. A refused or dropped message is not reported by `C2C.CallbackAfterSendMsg`. */
export const c2cBeforeSendMsg = definePlugin({
  command: 'C2C.CallbackBeforeSendMsg',
  title: 'Before a message to one account is sent',
  body: C2CBeforeSendMsg,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  before: c2cMessageVerdicts,
  sample: {
    From_Account: 'user1',
    To_Account: 'user2',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} sends ${formatKinds(body.MsgBody)} to ${body.To_Account}`,
  },
})
