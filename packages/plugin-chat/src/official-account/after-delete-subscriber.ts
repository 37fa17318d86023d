import { definePlugin, formatNames, millis, string, struct, type TypeOf } from '@callboard/core'
import { accountsOf, Subscribers } from '../shapes/subscribers.ts'

/** The body of `OfficialAccount.CallbackAfterDeleteSubscriber`. Source: vendor document 1047/60802. */
export const OfficialAccountAfterDeleteSubscriber = struct(
  { Official_Account: string, SubscribeAccountList: Subscribers },
  { Operator_Account: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterDeleteSubscriber = TypeOf<typeof OfficialAccountAfterDeleteSubscriber>

/** Users unsubscribed from an official account. */
export const officialAccountAfterDeleteSubscriber = definePlugin({
  command: 'OfficialAccount.CallbackAfterDeleteSubscriber',
  title: 'Users unsubscribed',
  body: OfficialAccountAfterDeleteSubscriber,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    Operator_Account: 'user1',
    SubscribeAccountList: [{ Subscriber_Account: 'user1' }, { Subscriber_Account: 'user2' }],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account}: ${formatNames(accountsOf(body.SubscribeAccountList))} unsubscribed`,
  },
})
