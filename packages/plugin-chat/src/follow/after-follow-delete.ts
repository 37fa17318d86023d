import { definePlugin, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { names } from '../shapes/members.ts'

/** The body of `Follow.CallbackAfterFollowDelete`. Source: vendor document 1047/70356. */
export const FollowAfterFollowDelete = struct(
  {
    /** Who followed. */
    From_Account: t.string,
    To_Account: list(t.string),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type FollowAfterFollowDelete = t.TypeOf<typeof FollowAfterFollowDelete>

/** A user follows others no more. */
export const followAfterFollowDelete = definePlugin({
  command: 'Follow.CallbackAfterFollowDelete',
  title: 'User unfollowed others',
  body: FollowAfterFollowDelete,
  key: (body) => body.From_Account,
  sample: {
    CallbackCommand: 'Follow.CallbackAfterFollowDelete',
    From_Account: 'user1',
    To_Account: ['user2', 'user3'],
    EventTime: 1702018343678,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} no longer follows ${names(body.To_Account)}`,
  },
})
