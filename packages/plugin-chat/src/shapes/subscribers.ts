import { list, string, struct, type TypeOf } from '@callboard/core'

/** Who subscribes to an official account, or does no longer. */
export const Subscribers = list(struct({ Subscriber_Account: string }))

/** Their accounts. */
export const accountsOf = (subscribers: TypeOf<typeof Subscribers>): readonly string[] =>
  subscribers.map(({ Subscriber_Account }) => Subscriber_Account)
