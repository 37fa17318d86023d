import { type Journal, JournalError, type Settlement } from '../journal/journal.ts'
import type { Clock } from '../util/clock.ts'

const RETRY_DELAY_MS = 1_000

/** Reports the outcomes of attempts to the journal. Outcomes that arrive meanwhile form the next batch. */
export interface SettlementQueue {
  readonly add: (settlement: Settlement) => void
  readonly isBusy: () => boolean
  /** From now on a failed batch is not sent again. Its deliveries are repeated after the next start. */
  readonly stopRetrying: () => void
}

interface SettlementQueueDeps {
  readonly journal: Journal
  readonly clock: Clock
  /** Called with the error of the journal, or with undefined when it works. */
  readonly onJournalResult: (error: unknown) => void
  /** Called in the turn in which a batch was passed to the journal. A claim in that turn sees the batch. */
  readonly onSent: () => void
  /** Called when the queue is empty. */
  readonly onEmpty: () => void
}

/** Returns whether a retry is useless, since the journal is closed or corrupt. */
export const isPermanent = (error: unknown): boolean =>
  error instanceof JournalError && (error.code === 'corrupt' || error.code === 'closed')

export const createSettlementQueue = ({ journal, clock, onJournalResult, onSent, onEmpty }: SettlementQueueDeps): SettlementQueue => {
  let waiting: Settlement[] = []
  let isRunning = false
  let retries = true

  const run = async () => {
    isRunning = true
    // Attempts that end in the same turn join the batch.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const settled = journal.settle(batch)
        onSent()
        await settled
        onJournalResult(undefined)
      } catch (error) {
        onJournalResult(error)
        if (!retries || isPermanent(error)) break
        waiting = [...batch, ...waiting]
        await new Promise<void>((resolve) => clock.after(RETRY_DELAY_MS, resolve))
      }
    }
    isRunning = false
    onEmpty()
  }

  return {
    add: (settlement) => {
      waiting.push(settlement)
      if (!isRunning) run()
    },
    isBusy: () => isRunning,
    stopRetrying: () => {
      retries = false
    },
  }
}
