import type { Journal } from '@callboard/core'
import { openReader, sqlite } from '@callboard/journal'

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

describe('types of the journal', () => {
  it('know what a journal needs, and what may be looked for', () => {
    const right = (): Promise<Journal> => sqlite({ path: './x.db', dedupeWindow: 60_000 })
    const wrong = () => [
      // @ts-expect-error a path is needed
      sqlite({}),
      // @ts-expect-error there is no such option
      sqlite({ path: './x.db', sync: false }),
      // @ts-expect-error a delivery is in no such state
      openReader('./x.db').find({ limit: 1, order: 'newest', state: 'lost' }),
      // @ts-expect-error without a limit it would be everything
      openReader('./x.db').find({ order: 'newest' }),
    ]
    void [right, wrong]
  })
})
