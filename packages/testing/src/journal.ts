import type { Clock, Journal } from '@callboard/core'
import { manualClock } from './clock.ts'
import { upkeepRules } from './journal/administration.ts'
import { appendRules } from './journal/append.ts'
import { endRules } from './journal/delivery-states.ts'
import { readingRules } from './journal/find-prune-close.ts'
import { leaseRules } from './journal/lease.ts'
import { orderRules } from './journal/order.ts'
import { reopeningRules } from './journal/reopen.ts'
import type { Rules, TestJournal } from './journal/test-journal.ts'

// The runner's own, as mocha, node:test (made global) and others provide them.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => Promise<void>) => void

/** A journal to be tested, empty, with a dedupe window of 10 minutes. */
export interface JournalUnderTest {
  readonly journal: Journal
  /** Opens what was closed just before, for journals that outlive their process. Without it the rules about that are left out. */
  readonly reopen?: () => Promise<Journal>
  /** Removes what the test left behind; the journal is closed by then. */
  readonly clean?: () => Promise<void>
}

/**
 * The conformance suite of journals: one test per promise, each on a journal of its own. `open` makes one that goes by the given
 * clock. `durable`: `open` gives `reopen` as well.
 */
export const describeJournal = (
  name: string,
  open: (clock: Clock) => Promise<JournalUnderTest>,
  { durable = false }: { readonly durable?: boolean } = {},
): void => {
  const run = async (rule: (bench: TestJournal) => Promise<void>) => {
    const clock = manualClock()
    const tested = await open(clock)
    let current = tested.journal
    const reopen = async () => {
      if (!tested.reopen) throw new Error(`${name} was declared durable, and cannot be opened again`)
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
    ...endRules,
    ...readingRules,
    ...upkeepRules,
    ...(durable && reopeningRules),
  }

  describe(`${name} is a journal`, () => {
    for (const [sentence, rule] of Object.entries(rules)) it(sentence, () => run(rule))
  })
}
