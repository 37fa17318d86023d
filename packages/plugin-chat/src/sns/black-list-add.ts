import { definePlugin, struct, type TypeOf } from '@callboard/core'
import { ownerOfFirst, pairs, pairsOf } from '../shapes/friends.ts'

/** The body of `Sns.CallbackBlackListAdd`, as it is seen on the wire. Source: vendor document 1047/34361. */
export const SnsBlackListAdd = struct({
  /** Who blocked whom. */
  PairList: pairs,
})
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsBlackListAdd = TypeOf<typeof SnsBlackListAdd>

/** An account blocked others. */
export const snsBlackListAdd = definePlugin({
  command: 'Sns.CallbackBlackListAdd',
  title: 'Accounts blocked',
  body: SnsBlackListAdd,
  key: (body) => ownerOfFirst(body.PairList),
  sample: {
    PairList: [
      { From_Account: 'user0', To_Account: 'user1' },
      { From_Account: 'user0', To_Account: 'user2' },
    ],
  },
  hooks: {
    log: ({ body }) => `blocked: ${pairsOf(body.PairList)}`,
  },
})
