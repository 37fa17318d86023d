import { definePlugin, integer, list, struct } from '@callboard/core'
import * as t from 'io-ts'
import { betweenFirst, pairsOf } from '../shapes/friends.ts'

/** The body of `Sns.CallbackFriendAdd`, as it is seen on the wire. Source: vendor document 1047/34359. */
export const SnsFriendAdd = struct({
  PairList: list(struct({ From_Account: t.string, To_Account: t.string, Initiator_Account: t.string })),
  /** friend_add, FriendAdd, friend_response, FriendResponse; an open set. */
  ClientCmd: t.string,
  /** Empty when no administrator did it. */
  Admin_Account: t.string,
  /** 1: forced by an administrator. */
  ForceFlag: integer,
})
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsFriendAdd = t.TypeOf<typeof SnsFriendAdd>

/** Accounts became friends; both directions are listed where both hold. Not sent for REST `friend_import`. */
export const snsFriendAdd = definePlugin({
  command: 'Sns.CallbackFriendAdd',
  title: 'Friends added',
  body: SnsFriendAdd,
  key: (body) => betweenFirst(body.PairList),
  sample: {
    CallbackCommand: 'Sns.CallbackFriendAdd',
    PairList: [{ From_Account: 'user0', To_Account: 'user1', Initiator_Account: 'user0' }],
    ClientCmd: 'friend_add',
    Admin_Account: '',
    ForceFlag: 1,
  },
  hooks: {
    log: ({ body }) => `friends added: ${pairsOf(body.PairList)}`,
  },
})
