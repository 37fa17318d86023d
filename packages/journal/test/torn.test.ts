import { copyFile, stat, truncate } from 'node:fs/promises'
import { expect } from 'chai'
import { openReader, sqlite, verifyJournal } from '../src/index.ts'
import { newPath, removeAll } from './directory.ts'
import { someEvents } from './events.ts'

const BATCHES = 20
const IN_A_BATCH = 5
const CUTS = 60

describe('a log that is torn off', () => {
  after(removeAll)

  it('leaves a whole number of batches, in order, wherever it is cut, and the journal opens and is sound', async function () {
    this.timeout(60_000)
    const path = await newPath()
    const journal = await sqlite({ path })
    const event = (n: number) => someEvents(IN_A_BATCH, { key: 'k' }, n * IN_A_BATCH)
    for (let n = 0; n < BATCHES; n += 1) await journal.append(event(n))
    const { size } = await stat(`${path}-wal`)
    expect(size).to.be.above(100_000)
    let most = -1
    for (let cut = 0; cut <= CUTS; cut += 1) {
      const copy = await newPath()
      await copyFile(path, copy)
      await copyFile(`${path}-wal`, `${copy}-wal`)
      await truncate(`${copy}-wal`, Math.floor((size * cut) / CUTS))
      // Where not even the tables were committed, it is a new journal.
      await (await sqlite({ path: copy })).close()
      const reader = openReader(copy)
      const ids = reader.find({ limit: 1_000, order: 'oldest' }).events.map(({ id }) => id)
      reader.close()
      expect(ids.length % IN_A_BATCH, `cut ${cut}`).to.equal(0)
      expect(ids).to.deep.equal(Array.from({ length: ids.length }, (_, n) => `e${n}`))
      expect(ids.length).to.be.at.least(most)
      most = ids.length
      expect(verifyJournal(copy)).to.deep.equal([])
    }
    expect(most).to.equal(BATCHES * IN_A_BATCH)
    await journal.close()
  })
})
