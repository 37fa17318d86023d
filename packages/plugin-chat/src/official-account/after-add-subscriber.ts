import { definePlugin, string, struct, type TypeOf } from '@callboard/core'
import { formatNames } from '../shapes/members.ts'
import { accountsOf, Subscribers } from '../shapes/subscribers.ts'
import { eventTime } from '../shapes/time.ts'

/** The body of `OfficialAccount.CallbackAfterAddSubscriber`. Source: vendor document 1047/60800. */
export const OfficialAccountAfterAddSubscriber = struct(
  {
    Official_Account: string,
    Operator_Account: string,
    SubscribeAccountList: Subscribers,
  },
  eventTime,
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterAddSubscriber = TypeOf<typeof OfficialAccountAfterAddSubscriber>

/** Users subscribed to an official account. */
export const officialAccountAfterAddSubscriber = definePlugin({
  command: 'OfficialAccount.CallbackAfterAddSubscriber',
  title: 'Users subscribed',
  body: OfficialAccountAfterAddSubscriber,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    Operator_Account: 'user1',
    SubscribeAccountList: [{ Subscriber_Account: 'user1' }, { Subscriber_Account: 'user2' }],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account}: ${formatNames(accountsOf(body.SubscribeAccountList))} subscribed`,
  },
})
