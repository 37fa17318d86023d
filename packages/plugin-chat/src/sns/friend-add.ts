import { definePlugin, integer, list, string, struct, type TypeOf } from '@callboard/core'
import { formatPairs, keyOfFirstPair } from '../shapes/friends.ts'

/** The body of `Sns.CallbackFriendAdd`. Source: vendor document 1047/34359. */
export const SnsFriendAdd = struct(
  { PairList: list(struct({ From_Account: string, To_Account: string }, { Initiator_Account: string })) },
  {
    /** An open set: friend_add, FriendAdd, friend_response, FriendResponse. */
    ClientCmd: string,
    /** Empty unless an administrator did it. */
    Admin_Account: string,
    /** 1: forced by an administrator. */
    ForceFlag: integer,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsFriendAdd = TypeOf<typeof SnsFriendAdd>

/** Accounts became friends. The list holds both directions if both exist. Not sent for REST `friend_import`. */
export const snsFriendAdd = definePlugin({
  command: 'Sns.CallbackFriendAdd',
  title: 'Friends added',
  body: SnsFriendAdd,
  key: (body) => keyOfFirstPair(body.PairList),
  sample: {
    PairList: [{ From_Account: 'user0', To_Account: 'user1', Initiator_Account: 'user0' }],
    ClientCmd: 'friend_add',
    Admin_Account: '',
    ForceFlag: 1,
  },
  hooks: {
    log: ({ body }) => `friends added: ${formatPairs(body.PairList)}`,
  },
})
