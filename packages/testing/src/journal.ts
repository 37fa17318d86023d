import type { Clock, Journal } from '@callboard/core'
import { manualClock } from './clock.ts'
import { administrationRules } from './journal/administration.ts'
import { appendRules } from './journal/append.ts'
import { deliveryStateRules } from './journal/delivery-states.ts'
import { findPruneCloseRules } from './journal/find-prune-close.ts'
import { leaseRules } from './journal/lease.ts'
import { orderRules } from './journal/order.ts'
import { durablePauseRules, pauseRules } from './journal/pause.ts'
import { reopenRules } from './journal/reopen.ts'
import type { Rules, TestJournal } from './journal/test-journal.ts'

// The globals of the test runner: mocha, or node:test with its functions made global.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => Promise<void>) => void

/** An empty journal with a dedupe window of 10 minutes. */
export interface JournalUnderTest {
  readonly journal: Journal
  /** Opens the closed journal again. Required with `durable`. */
  readonly reopen?: () => Promise<Journal>
  /** Removes the files of the test. The journal is closed by then. */
  readonly clean?: () => Promise<void>
}

/**
 * Declares the conformance suite of journals. RULES.md beside the suite lists the rules J1 to J22. Each test opens a journal of its
 * own with `open`, which must use the given clock. With `durable: true` the suite also tests a journal that is opened again, by
 * `reopen`.
 */
export const describeJournal = (
  name: string,
  open: (clock: Clock) => Promise<JournalUnderTest>,
  { durable = false }: { readonly durable?: boolean } = {},
): void => {
  const run = async (rule: (tested: TestJournal) => Promise<void>) => {
    const clock = manualClock()
    const tested = await open(clock)
    let current = tested.journal
    const reopen = async () => {
      if (!tested.reopen) throw new Error(`cannot reopen ${name}: open() returned no reopen function; add one, or leave out durable`)
      await current.close()
      current = await tested.reopen()
    }
    try {
      await rule({ clock, journal: () => current, reopen })
    } finally {
      await current.close()
      await tested.clean?.()
    }
  }

  const rules: Rules = {
    ...appendRules,
    ...orderRules,
    ...leaseRules,
    ...deliveryStateRules,
    ...findPruneCloseRules,
    ...administrationRules,
    ...pauseRules,
    ...(durable && { ...reopenRules, ...durablePauseRules }),
  }

  describe(`${name} is a journal`, () => {
    for (const [title, rule] of Object.entries(rules)) it(title, () => run(rule))
  })
}
