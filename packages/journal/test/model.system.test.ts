import { DEFAULT_DEDUPE_WINDOW_MS, type Journal } from '@callboard/core'
import { WINDOW_SIZE } from '@callboard/core/journal-window'
import { type ManualClock, manualClock } from '@callboard/testing'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import fc from 'fast-check'
import { createMemoryJournal } from '../../core/src/journal/memory/memory.ts'
import { prepareDatabase } from '../src/sqlite/database.ts'
import { execute } from '../src/sqlite/execute-request.ts'
import { findInconsistencies } from '../src/sqlite/integrity-check.ts'
import { createSqliteJournal } from '../src/sqlite/sqlite-journal.ts'
import { createStore, type Store } from '../src/sqlite/store/store.ts'
import { StoreError } from '../src/sqlite/store-error.ts'
import type { Request, Results } from '../src/sqlite/worker-protocol.ts'
import { createModel, type Step } from './model.ts'

// Mostly one lane of one sink, where most mistakes are possible.
const sink = fc.constantFrom('a', 'a', 'a', 'b')
const someOf = <const T>(...items: readonly T[]) => fc.subarray([...items], { minLength: 1 })

const common = {
  app: fc.constantFrom(1, 1, 1, 2),
  sinks: fc.constantFrom(['a'], ['a'], ['a', 'b'], ['b', 'a'], ['b'], []),
}
const keyed = { ...common, key: fc.constantFrom('k', 'k', 'k', 'l') }
const unique = fc.oneof(
  { weight: 5, arbitrary: fc.record(keyed) },
  { weight: 1, arbitrary: fc.record(common) },
  { weight: 1, arbitrary: fc.record({ ...common, status: fc.constant('quarantined' as const) }) },
)
const newEvent = fc.oneof(
  { weight: 6, arbitrary: unique },
  { weight: 1, arbitrary: fc.record({ ...keyed, dedupeKey: fc.constantFrom('x', 'y') }) },
)
const reprocessed = fc.record({ key: fc.constant('k'), sinks: common.sinks }, { requiredKeys: ['sinks'] })
const outcome = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: 'delivered' } as const) },
  { weight: 3, arbitrary: fc.constant({ type: 'dead', error: 'no' } as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'dead', error: 'gone', pause: true } as const) },
  { weight: 3, arbitrary: fc.constant({ type: 'released' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('retry' as const), retryInMs: fc.constantFrom(0, 5, 50), error: fc.constant('later') }),
  },
)
const change = fc.record(
  {
    sink,
    from: someOf('pending', 'delivered', 'dead', 'discarded', 'none'),
    limit: fc.constantFrom(0, 1, 2, 100),
    dryRun: fc.boolean(),
    key: fc.constant('k'),
    follow: fc.boolean(),
  },
  { requiredKeys: ['sink', 'from', 'limit'] },
)
const claim = fc.record({
  sink,
  max: fc.constantFrom(0, 1, 2, 10),
  leaseMs: fc.constantFrom(10, 30),
  ordered: fc.constantFrom(true, true, false),
})

const fail = fc.record({
  do: fc.constant('fail' as const),
  step: fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      events: fc.array(unique, { maxLength: 4 }),
      handOut: fc.array(claim, { maxLength: 1 }),
    }),
    fc.record({ do: fc.constant('claim' as const), request: claim }),
    fc.record({ do: fc.constant('settle' as const), which: fc.nat(4), outcome }),
    fc.record({ do: fc.constantFrom('replay' as const, 'discard' as const), change }),
  ),
})

const appendOf = (event: typeof unique) => ({
  weight: 4,
  arbitrary: fc.record({
    do: fc.constant('append' as const),
    events: fc.array(event, { maxLength: 4 }),
    handOut: fc.uniqueArray(claim, { selector: (request) => request.sink, maxLength: 2 }),
  }),
})

const others = [
  { weight: 3, arbitrary: fail },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), request: claim }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(4), outcome }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 10, 40, DEFAULT_DEDUPE_WINDOW_MS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('replay' as const, 'discard' as const), change }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('prune' as const),
      delivered: fc.constantFrom(0, 40),
      dead: fc.constantFrom(0, DEFAULT_DEDUPE_WINDOW_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reprocess' as const), which: fc.nat(3), as: reprocessed }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), sink }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'reopen' } as const, { do: 'crash' } as const, { do: 'crash' } as const) },
] as const

// No smaller jumps: the journal ignores small corrections, and stores its clock to within a second.
const jump = {
  weight: 2,
  arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-3_600_000, -5_000, 15, 5_000) }),
}

const steps: fc.Arbitrary<Step> = fc.oneof(appendOf(newEvent), ...others)

// No dedupe keys: after a jump the result of a duplicate depends on chance.
const stepsWithJumps: fc.Arbitrary<Step> = fc.oneof(appendOf(unique), ...others, jump)

/**
 * Opens a journal, also repeatedly. `crash` opens it without what it has not written, as `isDirty` says. `problems` returns the
 * problems that `verifyJournal` would find.
 */
type Open = (clock: ManualClock) => {
  readonly reopen: () => Journal
  readonly crash: () => Journal
  /** Runs `work` in a transaction that is rolled back. */
  readonly rollBack: (work: () => void) => void
  readonly isDirty: () => boolean
  readonly problems: () => readonly string[]
}

/** MODEL_RUNS in the environment changes the number of scripts per test. */
const RUNS = Number(process.env.MODEL_RUNS ?? 50)

/** The SQLite journal without its worker, since hundreds of workers would be slow. */
const openStores =
  (windowSize: number): Open =>
  (clock) => {
    const db = prepareDatabase(new Database(':memory:'))
    let store: Store | undefined
    const crash = (): Journal => {
      const opened = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, clock.now(), { windowSize })
      store = opened
      const ask = async <R extends Request>(request: R): Promise<Results[R['verb']]> => {
        if (request.verb === 'close') throw new Error('the test does not close it')
        opened.observeClock(clock.now())
        // `Results` lists the results of `execute`.
        return execute(opened, request, clock.now()) as Results[R['verb']]
      }
      return createSqliteJournal({ send: ask, close: async () => {} }, 'a store')
    }
    const reopen = () => {
      store?.flush(clock.now())
      return crash()
    }
    const rollBack = (work: () => void) => {
      const failure = new Error('rolled back')
      try {
        store?.runInTransaction('system', clock.now(), () => {
          work()
          throw failure
        })
      } catch (error) {
        if (!(error instanceof StoreError && error.cause === failure)) throw error
      }
    }
    return { reopen, crash, rollBack, isDirty: () => store?.isDirty() ?? false, problems: () => findInconsistencies(db) }
  }

const agrees = (open: Open, step: fc.Arbitrary<Step>, byWall: boolean) =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (script) => {
      const clock = manualClock()
      const model = createModel(clock, byWall)
      const { reopen, crash, rollBack, isDirty, problems } = open(clock)
      let journal = reopen()
      for (const [index, each] of script.entries()) {
        if (each.do === 'reopen' || each.do === 'crash') {
          const again = each.do === 'crash' ? crash() : reopen()
          if (again !== journal && each.do === 'crash') model.restore()
          if (again !== journal) model.reopened()
          journal = again
        } else if (each.do === 'fail') rollBack(() => model.attempt(journal, each.step))
        else await model.take(journal, each)
        if (!isDirty()) model.save()
        // To compare writes what was settled. A crash must not find it written.
        const next = script[index + 1]?.do
        if (each.do === 'settle' && (next === 'settle' || next === 'crash')) continue
        await model.compare(journal)
        model.save()
      }
      await model.compare(journal)
      expect(problems()).to.deep.equal([])
    }),
    { numRuns: RUNS },
  )

/** The journal in memory, which cannot be opened again. */
const openMemory =
  (windowSize: number): Open =>
  (clock) => {
    const journal = createMemoryJournal(clock, DEFAULT_DEDUPE_WINDOW_MS, windowSize)
    const reopen = () => journal
    return { reopen, crash: reopen, rollBack: () => {}, isDirty: () => false, problems: () => [] }
  }

describe('a journal and the model', () => {
  it('agree for the memory journal, also when the wall clock jumps [F66]', () =>
    agrees(openMemory(WINDOW_SIZE), fc.oneof(steps, stepsWithJumps), false)).timeout(60_000)

  it('agree for the memory journal when its windows are full all the time', async () => {
    for (const windowSize of [1, 2, 3]) await agrees(openMemory(windowSize), steps, false)
  }).timeout(60_000)

  it('agree for the SQLite journal, also when it crashes', () => agrees(openStores(WINDOW_SIZE), steps, true)).timeout(60_000)

  it('agree for the SQLite journal when its windows are full all the time', async () => {
    for (const windowSize of [1, 2, 3]) await agrees(openStores(windowSize), steps, true)
  }).timeout(60_000)

  it('agree for the SQLite journal when the wall clock jumps [F66]', () => agrees(openStores(WINDOW_SIZE), stepsWithJumps, true)).timeout(
    60_000,
  )
})
