import { definePlugin, formatNames, millis, string, struct, type TypeOf } from '@callboard/core'
import { subscriptionVerdicts } from '../shapes/official-verdicts.ts'
import { accountsOf, Subscribers } from '../shapes/subscribers.ts'

/** The body of `OfficialAccount.CallbackBeforeAddSubscriber`. Source: vendor document 1047/60799. */
export const OfficialAccountBeforeAddSubscriber = struct(
  { Official_Account: string, SubscribeAccountList: Subscribers },
  { Operator_Account: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountBeforeAddSubscriber = TypeOf<typeof OfficialAccountBeforeAddSubscriber>

/** Users are about to subscribe. `except(['user2'])` accepts the others. No code reaches the client. */
export const officialAccountBeforeAddSubscriber = definePlugin({
  command: 'OfficialAccount.CallbackBeforeAddSubscriber',
  title: 'Before users subscribe',
  body: OfficialAccountBeforeAddSubscriber,
  key: (body) => body.Official_Account,
  before: subscriptionVerdicts,
  sample: {
    Official_Account: '@TOA#_1',
    Operator_Account: 'user1',
    SubscribeAccountList: [{ Subscriber_Account: 'user1' }, { Subscriber_Account: 'user2' }],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `official account ${body.Official_Account}: ${formatNames(accountsOf(body.SubscribeAccountList))} about to subscribe`,
  },
})
