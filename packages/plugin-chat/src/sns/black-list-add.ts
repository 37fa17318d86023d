import { definePlugin, struct, type TypeOf } from '@callboard/core'
import { formatPairs, ownerOfFirstPair, pairs } from '../shapes/friends.ts'

/** The body of `Sns.CallbackBlackListAdd`. Source: vendor document 1047/34361. */
export const SnsBlackListAdd = struct({
  /** `From_Account` blocked `To_Account`. */
  PairList: pairs,
})
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsBlackListAdd = TypeOf<typeof SnsBlackListAdd>

/** An account blocked others. */
export const snsBlackListAdd = definePlugin({
  command: 'Sns.CallbackBlackListAdd',
  title: 'Accounts blocked',
  body: SnsBlackListAdd,
  key: (body) => ownerOfFirstPair(body.PairList),
  sample: {
    PairList: [
      { From_Account: 'user0', To_Account: 'user1' },
      { From_Account: 'user0', To_Account: 'user2' },
    ],
  },
  hooks: {
    log: ({ body }) => `blocked: ${formatPairs(body.PairList)}`,
  },
})
