import { openReader, sqlite } from '@callboard/journal'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { someEvents } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

describe('openReader', () => {
  after(removeAll)

  it('sees the latest commits of the owner with each call', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    const reader = openReader(path)
    for (const from of [0, 10]) {
      await journal.append(someEvents(10, {}, from))
      const query = { limit: 100, order: 'newest', state: 'pending' } as const
      expect(reader.find(query)).to.deep.equal(await journal.find(query))
      expect(reader.stats()).to.deep.equal(await journal.stats())
    }
    reader.close()
    await journal.close()
  })

  it('locks nothing between calls, so that the owner can truncate the WAL [F13]', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    const reader = openReader(path)
    await journal.append(someEvents(10))
    reader.find({ limit: 5, order: 'oldest' })
    const other = new Database(path)
    expect(other.pragma('wal_checkpoint(TRUNCATE)')).to.deep.equal([{ busy: 0, log: 0, checkpointed: 0 }])
    other.close()
    reader.close()
    await journal.close()
  })

  it('reads a journal without an owner, and does not prevent an owner', async () => {
    const path = await newPath()
    const first = await sqlite({ path })
    await first.append(someEvents(3))
    await first.close()
    const reader = openReader(path)
    expect(reader.find({ limit: 2, order: 'newest' }).events.map(({ id }) => id)).to.deep.equal(['e2', 'e1'])
    const second = await sqlite({ path })
    await second.append(someEvents(1, {}, 3))
    expect(reader.stats().events).to.equal(4)
    reader.close()
    await second.close()
  })

  it('has no methods that write, and fails after close', async () => {
    const path = await newPath()
    await (await sqlite({ path })).close()
    const reader = openReader(path)
    expect(Object.keys(reader)).to.deep.equal(['find', 'stats', 'blocked', 'close'])
    reader.close()
    expect(() => reader.stats()).to.throw('not open')
  })
})
