import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { backupJournal, openReader, sqlite, verifyJournal } from '../src/index.ts'
import { newPath, removeAll } from './directory.ts'
import { someEvents } from './events.ts'

describe('backupJournal', () => {
  after(removeAll)

  it('copies a journal while its owner goes on writing: sound, whole, and open to a new owner', async () => {
    const path = await newPath()
    const to = join(dirname(path), 'copy.db')
    const owner = await sqlite({ path })
    await owner.append(someEvents(2_000, { raw: new Uint8Array(3_000) }))
    const seen: number[] = []
    let writing = true
    const write = async () => {
      for (let from = 2_000; writing; from += 10) await owner.append(someEvents(10, {}, from))
    }
    const writer = write()
    await backupJournal(path, to, (done, total) => seen.push(done / total))
    writing = false
    await writer
    expect(seen.length).to.be.above(1)
    expect(seen.every((share) => share >= 0 && share <= 1)).to.equal(true)
    const { events } = await owner.stats()
    await owner.close()

    expect(verifyJournal(to)).to.deep.equal([])
    const reader = openReader(to)
    expect(reader.stats().events).to.be.within(2_000, events)
    reader.close()
    const copy = await sqlite({ path: to })
    expect((await copy.claim({ sink: 'a', max: 5, lease: 1, ordered: true })).claims).to.have.length(5)
    await copy.close()
  })

  it('overwrites nothing, and leaves nothing half done', async () => {
    const path = await newPath()
    const to = join(dirname(path), 'precious')
    await writeFile(to, 'mine')
    await (await sqlite({ path })).close()
    const error = await backupJournal(path, to).catch((reason: unknown) => reason)
    expect(error).to.be.an('error').with.property('code', 'EEXIST')
    expect((await readdir(dirname(path))).filter((name) => name.includes('part'))).to.deep.equal([])
    const nowhere = await backupJournal(path, join(dirname(path), 'no', 'where')).catch((reason: unknown) => reason)
    expect(nowhere).to.be.an('error').with.property('name', 'JournalOpenError')
  })

  it('says where there is nothing to copy', async () => {
    const path = await newPath()
    const error = await backupJournal(path, `${path}.copy`).catch((reason: unknown) => reason)
    expect(error).to.be.an('error').with.property('code', 'ENOENT')
  })
})
