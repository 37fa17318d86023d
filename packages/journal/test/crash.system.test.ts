import { openReader, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { startOwner } from './owner-process.ts'
import { newPath, removeAll } from './temporary-path.ts'

describe('a journal after kill -9', () => {
  after(removeAll)

  it('contains every event whose append resolved, with all its deliveries [F01]', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'append')
    const promised: string[] = []
    for await (const line of owner.lines) {
      promised.push(...line.split(' '))
      if (promised.length >= 1_000) break
    }
    await owner.kill()

    const journal = await sqlite({ path })
    const { events } = await journal.find({ limit: 1_000_000, order: 'oldest' })
    const { sinks } = await journal.stats()
    await journal.close()
    const ids = new Set(events.map(({ id }) => id))
    expect(promised.filter((id) => !ids.has(id))).to.deep.equal([])
    expect(events.every(({ deliveries }) => deliveries.length === 2)).to.equal(true)
    expect(events.length % 20).to.equal(0)
    expect([sinks.a?.pending, sinks.b?.pending]).to.deep.equal([events.length, events.length])
  })

  it('can be read before its next owner opens it', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'append')
    await owner.lines.next()
    await owner.kill()
    const reader = openReader(path)
    expect(reader.find({ limit: 20, order: 'oldest' }).events).to.have.length(20)
    reader.close()
  })
})
