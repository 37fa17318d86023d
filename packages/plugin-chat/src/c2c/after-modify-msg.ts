import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `C2C.CallbackAfterModifyMsg`. Source: vendor document 269/128224. */
export const C2CAfterModifyMsg = struct(
  { From_Account: string, To_Account: string, MsgBody },
  {
    /** The account that edited the message. */
    Operator_Account: string,
    MsgRandom: integer,
    MsgSeq: integer,
    /** The time of sending, in seconds since the Unix epoch. */
    MsgTime: integer,
    /** `<MsgSeq>_<MsgRandom>_<MsgTime>`. */
    MsgKey: string,
    /** Absent if the sender set none. */
    CloudCustomData: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterModifyMsg = TypeOf<typeof C2CAfterModifyMsg>

/** A message to one account was edited after it was sent. */
export const c2cAfterModifyMsg = definePlugin({
  command: 'C2C.CallbackAfterModifyMsg',
  title: 'Message to one account edited',
  body: C2CAfterModifyMsg,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  sample: {
    CloudCustomData: 'custom',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    Operator_Account: 'user1',
    From_Account: 'user1',
    To_Account: 'user2',
    MsgRandom: 690,
    MsgSeq: 609,
    MsgTime: 1769771529,
    MsgKey: '609_690_1769771529',
    EventTime: 1769772027036,
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')} edited message ${orUnknown(body.MsgKey, 'key')} of ${body.From_Account} to ${body.To_Account}: ${formatKinds(body.MsgBody)}`,
  },
})
