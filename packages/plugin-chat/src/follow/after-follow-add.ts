import { definePlugin, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { names } from '../shapes/members.ts'

/** The body of `Follow.CallbackAfterFollowAdd`. Source: vendor document 1047/70355. */
export const FollowAfterFollowAdd = struct(
  {
    /** Who follows. */
    From_Account: t.string,
    /** Objects here, plain texts where somebody is followed no more. */
    FollowList: list(struct({ To_Account: t.string })),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type FollowAfterFollowAdd = t.TypeOf<typeof FollowAfterFollowAdd>

/** A user follows others. */
export const followAfterFollowAdd = definePlugin({
  command: 'Follow.CallbackAfterFollowAdd',
  title: 'User followed others',
  body: FollowAfterFollowAdd,
  key: (body) => body.From_Account,
  sample: {
    CallbackCommand: 'Follow.CallbackAfterFollowAdd',
    From_Account: 'user1',
    FollowList: [{ To_Account: 'user2' }, { To_Account: 'user3' }],
    EventTime: 1702018343678,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} follows ${names(body.FollowList.map(({ To_Account }) => To_Account))}`,
  },
})
