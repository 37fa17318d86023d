import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { sqlite } from '../src/index.ts'
import { openDatabase } from '../src/sqlite/database.ts'
import { inspect } from '../src/sqlite/integrity-check.ts'
import { createStore } from '../src/sqlite/store/store.ts'
import { newPath, removeAll } from './directory.ts'
import { anEvent, someEvents } from './events.ts'

const BATCHES = 20
const IN_A_BATCH = 5
const CUTS = 120
const FLIPS = 60

/** A database and a log that nobody has moved into it, as they lie on the disk while their owner runs. */
const aLog = async () => {
  const path = await newPath()
  const journal = await sqlite({ path })
  const sizes: number[] = []
  for (let n = 0; n < BATCHES; n += 1) {
    await journal.append(someEvents(IN_A_BATCH, { key: 'k' }, n * IN_A_BATCH))
    sizes.push((await readFile(`${path}-wal`)).length)
  }
  const copy = await newPath()
  await copyFile(path, copy)
  const log = await readFile(`${path}-wal`)
  await journal.close()
  return { path: copy, log, sizes }
}

/** Opens the database at `path` with this log beside it, as its next owner does; gives the ids that it holds. */
const idsAfter = async (path: string, log: Uint8Array): Promise<readonly string[]> => {
  const copy = await newPath()
  await copyFile(path, copy)
  await writeFile(`${copy}-wal`, log)
  const db = openDatabase(copy)
  try {
    const store = createStore(db, DEFAULT_DEDUPE_WINDOW_MS, Date.now())
    expect(inspect(copy)).to.deep.equal([])
    return store.find({ limit: 1_000, order: 'oldest' }, Date.now()).events.map(({ id }) => id)
  } finally {
    db.close()
  }
}

/** The events of the first so many batches. */
const first = (batches: number): readonly string[] => someEvents(batches * IN_A_BATCH).map(({ id }) => id)

describe('a log that is torn off', function () {
  this.timeout(60_000)
  after(removeAll)

  it('holds every batch that lies before the cut, and nothing of the next; the journal opens and is sound', async () => {
    const { path, log, sizes } = await aLog()
    expect(log.length).to.be.above(100_000)
    const cuts = Array.from({ length: CUTS + 1 }, (_, cut) => Math.floor((log.length * cut) / CUTS))
    // At the very end of a batch, and one byte before.
    for (const at of [...cuts, ...sizes, ...sizes.map((size) => size - 1)]) {
      const whole = sizes.filter((size) => size <= at).length
      expect(await idsAfter(path, log.subarray(0, at)), `cut at ${at}`).to.deep.equal(first(whole))
    }
  })

  it('holds every batch before a bit that has flipped in it', async () => {
    const { path, log, sizes } = await aLog()
    const draw = fc.noBias(fc.record({ at: fc.nat(log.length - 1), bit: fc.nat(7) }))
    for (const { at, bit } of fc.sample(draw, { seed: 42, numRuns: FLIPS })) {
      const bytes = Buffer.from(log)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const whole = sizes.filter((size) => size <= at).length
      expect(await idsAfter(path, bytes), `bit ${bit} of ${at}`).to.deep.equal(first(whole))
    }
  })

  it('is no hindrance to its next owner, who appends, delivers and leaves a sound journal', async () => {
    const { path, log, sizes } = await aLog()
    await writeFile(`${path}-wal`, log.subarray(0, (sizes[9] ?? 0) + 5_000))
    const journal = await sqlite({ path })
    expect(await journal.append([anEvent('next', { key: 'k' })])).to.deep.equal([{ type: 'recorded', id: 'next' }])
    const { claims } = await journal.claim({ sink: 'a', max: 100, leaseMs: 1_000, ordered: false })
    expect(claims.map(({ event }) => event.id)).to.deep.equal([...first(10), 'next'])
    await journal.close()
    expect(inspect(path)).to.deep.equal([])
  })
})
