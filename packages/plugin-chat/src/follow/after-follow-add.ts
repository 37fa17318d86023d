import { definePlugin, formatNames, list, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Follow.CallbackAfterFollowAdd`. Source: vendor document 1047/70355. */
export const FollowAfterFollowAdd = struct(
  {
    /** The account that follows. */
    From_Account: string,
    /** Objects here, but texts in `Follow.CallbackAfterFollowDelete`. */
    FollowList: list(struct({ To_Account: string })),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type FollowAfterFollowAdd = TypeOf<typeof FollowAfterFollowAdd>

/** A user follows others. */
export const followAfterFollowAdd = definePlugin({
  command: 'Follow.CallbackAfterFollowAdd',
  title: 'User followed others',
  body: FollowAfterFollowAdd,
  key: (body) => body.From_Account,
  sample: {
    From_Account: 'user1',
    FollowList: [{ To_Account: 'user2' }, { To_Account: 'user3' }],
    EventTime: 1702018343678,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} follows ${formatNames(body.FollowList.map(({ To_Account }) => To_Account))}`,
  },
})
