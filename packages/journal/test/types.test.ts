import type { Journal } from '@callboard/core'
import { openReader, sqlite } from '@callboard/journal'

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

describe('the types of @callboard/journal', () => {
  it('reject missing and unknown options and queries', () => {
    const right = (): Promise<Journal> => sqlite({ path: './x.db', dedupeWindow: 60_000 })
    const wrong = () => [
      // @ts-expect-error the path is required
      sqlite({}),
      // @ts-expect-error there is no such option
      sqlite({ path: './x.db', sync: false }),
      // @ts-expect-error there is no such delivery state
      openReader('./x.db').find({ limit: 1, order: 'newest', state: 'lost' }),
      // @ts-expect-error the limit is required
      openReader('./x.db').find({ order: 'newest' }),
    ]
    void [right, wrong]
  })
})
