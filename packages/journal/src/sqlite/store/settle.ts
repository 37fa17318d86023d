import type { Settlement } from '@callboard/core'
import { eventSeqOf } from './lease-tokens.ts'
import type { Pauses } from './pauses.ts'
import type { Sinks } from './sinks.ts'
import type { Transactions } from './transaction.ts'

/**
 * Records the outcomes of attempts. A settlement whose token is not the latest one of its delivery is `stale`. What was delivered at
 * the first attempt is only noted in memory; the next transaction writes it.
 */
export const createSettle = (
  transactions: Transactions,
  sinks: Sinks,
  pauses: Pauses,
): ((batch: readonly Settlement[], now: number) => readonly ('settled' | 'stale')[]) => {
  const settleOne = ({ sink, id, token, outcome }: Settlement, now: number): 'settled' | 'stale' => {
    if (!sinks.get(sink)?.settle(eventSeqOf(token), id, token, outcome, now)) return 'stale'
    if (outcome.type === 'dead' && outcome.pause) pauses.add(sink, outcome.error, now)
    return 'settled'
  }

  return (batch, now) => {
    const settleAll = () => batch.map((settlement) => settleOne(settlement, now))
    const inMemory = batch.every(({ sink, id, token, outcome }) => sinks.get(sink)?.settlesInMemory(eventSeqOf(token), id, token, outcome))
    return inMemory ? settleAll() : transactions.run('system', now, settleAll)
  }
}
