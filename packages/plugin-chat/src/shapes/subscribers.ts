import { list, string, struct, type TypeOf } from '@callboard/core'

/** Subscribers of an official account. */
export const Subscribers = list(struct({ Subscriber_Account: string }))

/** Returns the accounts of subscribers. */
export const accountsOf = (subscribers: TypeOf<typeof Subscribers>): readonly string[] =>
  subscribers.map(({ Subscriber_Account }) => Subscriber_Account)
