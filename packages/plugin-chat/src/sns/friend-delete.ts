import { definePlugin, struct, type TypeOf } from '@callboard/core'
import { formatPairs, keyOfFirstPair, pairs } from '../shapes/friends.ts'

/** The body of `Sns.CallbackFriendDelete`. Source: vendor document 1047/34360. */
export const SnsFriendDelete = struct({ PairList: pairs })
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsFriendDelete = TypeOf<typeof SnsFriendDelete>

/** Accounts are no longer friends. The list holds both directions if both ended. */
export const snsFriendDelete = definePlugin({
  command: 'Sns.CallbackFriendDelete',
  title: 'Friends deleted',
  body: SnsFriendDelete,
  key: (body) => keyOfFirstPair(body.PairList),
  sample: {
    PairList: [
      { From_Account: 'user0', To_Account: 'user1' },
      { From_Account: 'user0', To_Account: 'user2' },
    ],
  },
  hooks: {
    log: ({ body }) => `friends deleted: ${formatPairs(body.PairList)}`,
  },
})
