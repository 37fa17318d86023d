import { definePlugin, integer, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { conversation } from '../shapes/conversation.ts'

/** The body of `Chatbot.OnC2CSignalMessage`. The vendor has no document of it: its Java SDK knows it, and nobody says what is always there. */
export const ChatbotOnC2CSignalMessage = struct(
  {
    From_Account: t.string,
    /** The bot. */
    To_Account: t.string,
  },
  {
    MsgSeq: integer,
    MsgRandom: integer,
    MsgKey: t.string,
    /** What the user's program sent along. */
    Data: t.string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type ChatbotOnC2CSignalMessage = t.TypeOf<typeof ChatbotOnC2CSignalMessage>

/** A user's program signalled something to an AI chatbot. */
export const chatbotOnC2CSignalMessage = definePlugin({
  command: 'Chatbot.OnC2CSignalMessage',
  title: 'Custom signal sent to an AI chatbot',
  body: ChatbotOnC2CSignalMessage,
  key: (body) => conversation(body.From_Account, body.To_Account),
  sample: {
    CallbackCommand: 'Chatbot.OnC2CSignalMessage',
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
