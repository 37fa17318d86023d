import { type Journal, JournalError, type Settlement } from '../journal/journal.ts'
import type { Clock } from '../util/clock.ts'

const AFTER_TROUBLE = 1_000

/** Tells the journal how attempts ended, as many at a time as have ended meanwhile. */
export interface SettlementQueue {
  readonly settle: (settlement: Settlement) => void
  /** Is anything not settled yet? */
  readonly busy: () => boolean
  /** From now on a journal that fails is not asked again: what it was not told is delivered once more after the next start. */
  readonly stopRetrying: () => void
}

interface Workings {
  readonly journal: Journal
  readonly clock: Clock
  /** The journal could not be told; undefined when it could again. */
  readonly trouble: (error: unknown) => void
  /** Everything there was is settled. */
  readonly settled: () => void
}

/** May the journal be asked again? */
export const isPermanent = (error: unknown): boolean =>
  error instanceof JournalError && (error.code === 'corrupt' || error.code === 'closed')

export const createSettlementQueue = ({ journal, clock, trouble, settled }: Workings): SettlementQueue => {
  let waiting: Settlement[] = []
  let running = false
  let hurried = false

  const run = async () => {
    running = true
    // What ends in the same turn goes along.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await journal.settle(batch)
        trouble(undefined)
      } catch (error) {
        trouble(error)
        if (hurried || isPermanent(error)) break
        waiting = [...batch, ...waiting]
        await new Promise<void>((resolve) => clock.after(AFTER_TROUBLE, resolve))
      }
    }
    running = false
    settled()
  }

  return {
    settle: (settlement) => {
      waiting.push(settlement)
      if (!running) run()
    },
    busy: () => running,
    stopRetrying: () => {
      hurried = true
    },
  }
}
