import { definePlugin, inMillis, integer, millis, seconds, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `Bot.OnC2CMessage`. Source: vendor document 1047/68952. */
export const BotOnC2CMessage = struct(
  {
    From_Account: string,
    /** The bot, such as `@RBT#001`. */
    To_Account: string,
    MsgBody,
  },
  {
    MsgSeq: integer,
    MsgRandom: integer,
    MsgTime: seconds,
    /** Identifies the message, for example to recall it. */
    MsgKey: string,
    /** 1: sent only to accounts that are online. */
    OnlineOnlyFlag: integer,
    /** 0 means delivered. */
    SendMsgResult: integer,
    ErrorInfo: string,
    CloudCustomData: string,
    /** Undocumented, but seen, as the next two fields. */
    UnreadMsgNum: integer,
    SyncOtherMachine: integer,
    SupportMessageExtension: integer,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is in milliseconds, MsgTime in seconds. */
export type BotOnC2CMessage = TypeOf<typeof BotOnC2CMessage>

/** A user wrote to a chatbot. */
export const botOnC2CMessage = definePlugin({
  command: 'Bot.OnC2CMessage',
  title: 'User wrote to a chatbot',
  body: BotOnC2CMessage,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  sample: {
    From_Account: 'user1',
    To_Account: '@RBT#001',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    OnlineOnlyFlag: 1,
    SendMsgResult: 0,
    ErrorInfo: 'send msg succeed',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} sent ${formatKinds(body.MsgBody)} to bot ${body.To_Account}`,
  },
})
