import { definePlugin, integer, millis, seconds, string, struct, type TypeOf } from '@callboard/core'
import { conversation } from '../shapes/conversation.ts'
import { kindsOf, MsgBody } from '../shapes/msg-body.ts'
import { inMillis } from '../shapes/time.ts'

/** The body of `Bot.OnC2CMessage`. Source: vendor document 1047/68952. */
export const BotOnC2CMessage = struct(
  {
    From_Account: string,
    /** The bot: `@RBT#001` and the like. */
    To_Account: string,
    MsgSeq: integer,
    MsgRandom: integer,
    MsgTime: seconds,
    /** What recalls it. */
    MsgKey: string,
    /** 1: only for those who are online now. */
    OnlineOnlyFlag: integer,
    /** 0 where it was delivered. */
    SendMsgResult: integer,
    ErrorInfo: string,
    MsgBody,
  },
  {
    CloudCustomData: string,
    /** These three are in no document, but were seen. */
    UnreadMsgNum: integer,
    SyncOtherMachine: integer,
    SupportMessageExtension: integer,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number of milliseconds, MsgTime of seconds. */
export type BotOnC2CMessage = TypeOf<typeof BotOnC2CMessage>

/** A user wrote to a chatbot. */
export const botOnC2CMessage = definePlugin({
  command: 'Bot.OnC2CMessage',
  title: 'User wrote to a chatbot',
  body: BotOnC2CMessage,
  key: (body) => conversation(body.From_Account, body.To_Account),
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
    log: ({ body }) => `${body.From_Account} sent ${kindsOf(body.MsgBody)} to bot ${body.To_Account}`,
  },
})
