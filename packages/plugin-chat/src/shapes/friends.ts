import { formatNames, list, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from './conversation-key.ts'

const Pair = struct({ From_Account: string, To_Account: string })
type Pair = TypeOf<typeof Pair>

/** `From_Account` owns the list, `To_Account` is on it. */
export const pairs = list(Pair)

/** Returns the first three pairs and the number of others for a log line: `user1 → user2`. */
export const formatPairs = (list: readonly Pair[]): string =>
  formatNames(list.map(({ From_Account, To_Account }) => `${From_Account} → ${To_Account}`))

/** Returns the key for changes by either account: both accounts of the first pair. */
export const keyOfFirstPair = ([first]: readonly Pair[]): string | undefined =>
  first && conversationKey(first.From_Account, first.To_Account)

/** Returns the key for changes by the owner of a list: the owner in the first pair. */
export const ownerOfFirstPair = ([first]: readonly Pair[]): string | undefined => first?.From_Account
