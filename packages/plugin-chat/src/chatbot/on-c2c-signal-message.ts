import { definePlugin, integer, millis, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'

/** The body of `Chatbot.OnC2CSignalMessage`. It is undocumented, but the vendor's Java SDK has it. Which fields are always sent is unknown. */
export const ChatbotOnC2CSignalMessage = struct(
  {
    From_Account: string,
    /** The bot. */
    To_Account: string,
  },
  {
    MsgSeq: integer,
    MsgRandom: integer,
    MsgKey: string,
    /** The data of the user's program. */
    Data: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type ChatbotOnC2CSignalMessage = TypeOf<typeof ChatbotOnC2CSignalMessage>

/** A user's program sent a signal to an AI chatbot. */
export const chatbotOnC2CSignalMessage = definePlugin({
  command: 'Chatbot.OnC2CSignalMessage',
  title: 'Custom signal sent to an AI chatbot',
  body: ChatbotOnC2CSignalMessage,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  sample: {
    From_Account: 'user1',
    To_Account: '@RBT#001',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgKey: '48374_2837546_1557481126',
    EventTime: 1670574414123,
    Data: '{}',
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} signalled to bot ${body.To_Account}`,
  },
})
