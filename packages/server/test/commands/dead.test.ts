import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewEvent } from '@callboard/core'
import { openReader, type Reader, sqlite } from '@callboard/journal'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { type BatchRequest, type BatchResult, runInBatches } from '../../src/cli/dead/in-batches.ts'
import { deadEvents } from '../../src/cli/dead/list.ts'
import { type DeadSummary, formatSummary } from '../../src/cli/dead/replay-discard.ts'
import { createRateLimit } from '../../src/util/rate-limit.ts'

describe('runInBatches', () => {
  /** Ten items, processed in batches with a cursor. */
  const ten = () => {
    const asked: BatchRequest[] = []
    const take = async (step: BatchRequest): Promise<BatchResult> => {
      asked.push(step)
      const from = Number(step.cursor ?? 0)
      const to = Math.min(10, from + step.limit)
      return { processed: to - from, more: to < 10, ...(to < 10 && { next: String(to) }) }
    }
    return { asked, take }
  }
  const rateLimit = createRateLimit(undefined, manualClock())

  it('continues at the cursor of the previous batch until the end', async () => {
    const { asked, take } = ten()
    const steps = await runInBatches(take, { limit: Number.POSITIVE_INFINITY, batchSize: 4, rateLimit, onBatch: () => {} })
    expect(steps.map(({ processed }) => processed)).to.deep.equal([4, 4, 2])
    expect(asked.map(({ cursor }) => cursor)).to.deep.equal([undefined, '4', '8'])
  })

  it('changes no more than its limit', async () => {
    const { asked, take } = ten()
    await runInBatches(take, { limit: 6, batchSize: 4, rateLimit, onBatch: () => {} })
    expect(asked.map(({ limit }) => limit)).to.deep.equal([4, 2])
    expect(await runInBatches(take, { limit: 0, batchSize: 4, rateLimit, onBatch: () => {} })).to.deep.equal([])
  })

  it('keeps its rate [F34]', async () => {
    const clock = manualClock()
    const { asked, take } = ten()
    const slow = createRateLimit(8, clock)
    const running = runInBatches(take, { limit: 10, batchSize: slow.batchSize, rateLimit: slow, onBatch: () => {} })
    const counts: number[] = []
    for (let second = 0; second < 5; second += 1) {
      await clock.advance(second === 0 ? 0 : 250)
      counts.push(asked.length)
    }
    await running
    expect(asked[0]?.limit).to.equal(2)
    expect(counts).to.deep.equal([1, 2, 3, 4, 5])
  })

  it('takes one per batch for a rate below 1, and never more than 500', () => {
    expect(createRateLimit(0.1, manualClock()).batchSize).to.equal(1)
    expect(createRateLimit(1e6, manualClock()).batchSize).to.equal(500)
  })
})

describe('deadEvents', () => {
  let directory: string
  let reader: Reader
  const event = (id: string, receivedAt: number, over: Partial<NewEvent>): NewEvent => ({
    id,
    app: 1,
    command: 'A',
    key: 'k',
    status: 'accepted',
    receivedAt,
    query: {},
    raw: new Uint8Array(),
    sinks: ['crm'],
    ...over,
  })
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'callboard-dead-'))
    const path = join(directory, 'callboard.db')
    const journal = await sqlite({ path })
    await journal.append([
      event('1', 1, {}),
      event('2', 2, { status: 'quarantined', sinks: [], command: 'B' }),
      event('3', 3, {}),
      event('4', 4, { status: 'quarantined', sinks: [] }),
      event('5', 5, { sinks: ['bus'] }),
    ])
    for (const sink of ['crm', 'bus']) {
      const { claims } = await journal.claim({ sink, max: 10, leaseMs: 1_000, ordered: false })
      for (const { token, event: claimed } of claims)
        await journal.settle([{ sink, id: claimed.id, token, outcome: { type: 'dead', error: claimed.id === '1' ? 'gone' : 'refused' } }])
    }
    await journal.close()
    reader = openReader(path)
  })
  after(async () => {
    reader.close()
    await rm(directory, { recursive: true })
  })
  const ids = (flags: Parameters<typeof deadEvents>[1]) => [...deadEvents(reader, flags, [])].map(({ id }) => id)

  it('lists dead and quarantined events together, newest first', () => {
    expect(ids({})).to.deep.equal(['5', '4', '3', '2', '1'])
    expect(ids({ limit: 2 })).to.deep.equal(['5', '4'])
  })

  it('lists only deliveries for a reason or a sink, and only quarantined events on request', () => {
    expect(ids({ reason: 'gone' })).to.deep.equal(['1'])
    expect(ids({ sink: 'bus' })).to.deep.equal(['5'])
    expect(ids({ quarantined: true })).to.deep.equal(['4', '2'])
  })
})

describe('formatSummary', () => {
  const nothing: DeadSummary = { verb: 'replay', dryRun: false, sinks: {}, busy: 0, reprocessed: 0, refused: 0 }
  const sentences: readonly (readonly [DeadSummary, string])[] = [
    [nothing, 'nothing to replay: no match'],
    [{ ...nothing, sinks: { crm: 1 } }, 'replayed 1 delivery (crm 1)'],
    [{ ...nothing, sinks: { crm: 2, bus: 1 }, dryRun: true }, 'would replay 3 deliveries (crm 2, bus 1)'],
    [{ ...nothing, verb: 'discard', sinks: { crm: 2 }, busy: 1 }, 'discarded 2 deliveries (crm 2); skipped 1 delivery in flight'],
    [{ ...nothing, reprocessed: 2, refused: 2 }, 'accepted 2 quarantined events; 2 quarantined events still cannot be decoded'],
  ]
  for (const [done, sentence] of sentences) it(`says: ${sentence}`, () => expect(formatSummary(done)).to.equal(sentence))
})
