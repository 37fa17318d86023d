import { list, string, struct, type TypeOf } from '@callboard/core'
import { conversation } from './conversation.ts'
import { names } from './members.ts'

const Pair = struct({ From_Account: string, To_Account: string })
type Pair = TypeOf<typeof Pair>

/** Whose list, and who stands on it. */
export const pairs = list(Pair)

/** Who has whom, for people: `user1 → user2`, and after three how many more. */
export const pairsOf = (list: readonly Pair[]): string =>
  names(list.map(({ From_Account, To_Account }) => `${From_Account} → ${To_Account}`))

/** What keeps order where either of two accounts may act: both of the first pair. */
export const betweenFirst = ([first]: readonly Pair[]): string | undefined => first && conversation(first.From_Account, first.To_Account)

/** What keeps order where only the owner of a list acts: the owner. */
export const ownerOfFirst = ([first]: readonly Pair[]): string | undefined => first?.From_Account
