import { definePlugin, struct, type TypeOf } from '@callboard/core'
import { formatPairs, ownerOfFirstPair, pairs } from '../shapes/friends.ts'

/** The body of `Sns.CallbackBlackListDelete`. Source: vendor document 1047/34362. */
export const SnsBlackListDelete = struct({
  /** `From_Account` unblocked `To_Account`. */
  PairList: pairs,
})
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsBlackListDelete = TypeOf<typeof SnsBlackListDelete>

/** An account unblocked others. */
export const snsBlackListDelete = definePlugin({
  command: 'Sns.CallbackBlackListDelete',
  title: 'Accounts unblocked',
  body: SnsBlackListDelete,
  key: (body) => ownerOfFirstPair(body.PairList),
  sample: {
    PairList: [
      { From_Account: 'user0', To_Account: 'user1' },
      { From_Account: 'user0', To_Account: 'user2' },
    ],
  },
  hooks: {
    log: ({ body }) => `unblocked: ${formatPairs(body.PairList)}`,
  },
})
