import { definePlugin, struct, type TypeOf } from '@callboard/core'
import { ownerOfFirst, pairs, pairsOf } from '../shapes/friends.ts'

/** The body of `Sns.CallbackBlackListDelete`, as it is seen on the wire. Source: vendor document 1047/34362. */
export const SnsBlackListDelete = struct({
  /** Who unblocked whom. */
  PairList: pairs,
})
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsBlackListDelete = TypeOf<typeof SnsBlackListDelete>

/** An account unblocked others. */
export const snsBlackListDelete = definePlugin({
  command: 'Sns.CallbackBlackListDelete',
  title: 'Accounts unblocked',
  body: SnsBlackListDelete,
  key: (body) => ownerOfFirst(body.PairList),
  sample: {
    PairList: [
      { From_Account: 'user0', To_Account: 'user1' },
      { From_Account: 'user0', To_Account: 'user2' },
    ],
  },
  hooks: {
    log: ({ body }) => `unblocked: ${pairsOf(body.PairList)}`,
  },
})
