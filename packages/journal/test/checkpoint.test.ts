import { expect } from 'chai'
import { checkpoint } from '../src/checkpoint.ts'
import { openDatabase } from '../src/database.ts'
import { newPath, removeAll } from './directory.ts'

describe('checkpoint', () => {
  after(removeAll)

  it('leaves a short log alone, and moves a long one into the database', async () => {
    const db = openDatabase(await newPath())
    const insert = db.prepare('INSERT INTO body (event, raw) VALUES (?, ?)')
    const left = () => {
      checkpoint(db)
      const [progress] = db.pragma('wal_checkpoint(NOOP)') as readonly { log: number; checkpointed: number }[]
      return (progress?.log ?? 0) - (progress?.checkpointed ?? 0)
    }
    insert.run(1, new Uint8Array(2 ** 20))
    expect(left()).to.be.above(200)
    for (let event = 2; event <= 20; event += 1) insert.run(event, new Uint8Array(2 ** 20))
    expect(left()).to.equal(0)
    db.close()
  })
})
