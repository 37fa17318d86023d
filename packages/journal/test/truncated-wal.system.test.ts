import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { sqlite } from '../src/index.ts'
import { openDatabase } from '../src/sqlite/database.ts'
import { checkIntegrity } from '../src/sqlite/integrity-check.ts'
import { createStore } from '../src/sqlite/store/store.ts'
import { anEvent, someEvents } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

const BATCHES = 20
const BATCH_SIZE = 5
const CUTS = 120
const FLIPS = 60

/** Returns a database and its WAL as they are on the disk while their owner runs. */
const createLog = async () => {
  const path = await newPath()
  const journal = await sqlite({ path })
  const sizes: number[] = []
  for (let n = 0; n < BATCHES; n += 1) {
    await journal.append(someEvents(BATCH_SIZE, { key: 'k' }, n * BATCH_SIZE))
    sizes.push((await readFile(`${path}-wal`)).length)
  }
  const copy = await newPath()
  await copyFile(path, copy)
  const log = await readFile(`${path}-wal`)
  await journal.close()
  return { path: copy, log, sizes }
}

/** Opens the database at `path` with this WAL, as its next owner does, and returns the ids of its events. */
const idsAfter = async (path: string, log: Uint8Array): Promise<readonly string[]> => {
  const copy = await newPath()
  await copyFile(path, copy)
  await writeFile(`${copy}-wal`, log)
  const db = openDatabase(copy)
  try {
    const store = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, Date.now())
    expect(checkIntegrity(copy)).to.deep.equal([])
    return store.find({ limit: 1_000, order: 'oldest' }, Date.now()).events.map(({ id }) => id)
  } finally {
    db.close()
  }
}

/** Returns the ids of the events of the first batches. */
const idsOfFirst = (batches: number): readonly string[] => someEvents(batches * BATCH_SIZE).map(({ id }) => id)

describe('a truncated or damaged WAL', function () {
  this.timeout(60_000)
  after(removeAll)

  it('keeps every batch before the cut and no part of the next one, and the journal opens without problems [F06]', async () => {
    const { path, log, sizes } = await createLog()
    expect(log.length).to.be.above(100_000)
    const cuts = Array.from({ length: CUTS + 1 }, (_, cut) => Math.floor((log.length * cut) / CUTS))
    // Also at the end of each batch, and one byte before it.
    for (const at of [...cuts, ...sizes, ...sizes.map((size) => size - 1)]) {
      const whole = sizes.filter((size) => size <= at).length
      expect(await idsAfter(path, log.subarray(0, at)), `cut at ${at}`).to.deep.equal(idsOfFirst(whole))
    }
  })

  it('keeps every batch before a flipped bit [F06]', async () => {
    const { path, log, sizes } = await createLog()
    const draw = fc.noBias(fc.record({ at: fc.nat(log.length - 1), bit: fc.nat(7) }))
    for (const { at, bit } of fc.sample(draw, { seed: 42, numRuns: FLIPS })) {
      const bytes = Buffer.from(log)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const whole = sizes.filter((size) => size <= at).length
      expect(await idsAfter(path, bytes), `bit ${bit} of ${at}`).to.deep.equal(idsOfFirst(whole))
    }
  })

  it('lets the next owner append and claim, and leaves a journal without problems', async () => {
    const { path, log, sizes } = await createLog()
    await writeFile(`${path}-wal`, log.subarray(0, (sizes[9] ?? 0) + 5_000))
    const journal = await sqlite({ path })
    expect(await journal.append([anEvent('next', { key: 'k' })])).to.deep.equal([{ type: 'recorded', id: 'next' }])
    const { claims } = await journal.claim({ sink: 'a', max: 100, leaseMs: 1_000, ordered: false })
    expect(claims.map(({ event }) => event.id)).to.deep.equal([...idsOfFirst(10), 'next'])
    await journal.close()
    expect(checkIntegrity(path)).to.deep.equal([])
  })
})
