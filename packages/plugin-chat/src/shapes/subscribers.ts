import { list, struct } from '@callboard/core'
import * as t from 'io-ts'

/** Who subscribes to an official account, or does no longer. */
export const Subscribers = list(struct({ Subscriber_Account: t.string }))

/** Their accounts. */
export const accountsOf = (subscribers: t.TypeOf<typeof Subscribers>): readonly string[] =>
  subscribers.map(({ Subscriber_Account }) => Subscriber_Account)
