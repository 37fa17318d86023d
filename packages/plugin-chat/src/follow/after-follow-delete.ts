import { definePlugin, formatNames, list, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Follow.CallbackAfterFollowDelete`. Source: vendor document 1047/70356. */
export const FollowAfterFollowDelete = struct(
  {
    /** The account that followed. */
    From_Account: string,
    To_Account: list(string),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type FollowAfterFollowDelete = TypeOf<typeof FollowAfterFollowDelete>

/** A user no longer follows others. */
export const followAfterFollowDelete = definePlugin({
  command: 'Follow.CallbackAfterFollowDelete',
  title: 'User unfollowed others',
  body: FollowAfterFollowDelete,
  key: (body) => body.From_Account,
  sample: {
    From_Account: 'user1',
    To_Account: ['user2', 'user3'],
    EventTime: 1702018343678,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} no longer follows ${formatNames(body.To_Account)}`,
  },
})
