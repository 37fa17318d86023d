import { writeFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { backupJournal, JournalBackupError, openReader, sqlite, verifyJournal } from '../src/index.ts'
import { openDatabase } from '../src/sqlite/database.ts'
import { type EventRow, toEventRow } from '../src/sqlite/event-row.ts'
import { createStore } from '../src/sqlite/store/store.ts'
import { someEvents } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

const rowsOf = (events: ReturnType<typeof someEvents>): readonly EventRow[] =>
  events.map(toEventRow).filter((row): row is EventRow => !('error' in row))

describe('backupJournal', () => {
  after(removeAll)

  it('copies a journal while its owner writes, and the copy has no problems and can be opened', async () => {
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

    expect(await verifyJournal(to)).to.deep.equal([])
    const reader = openReader(to)
    expect(reader.stats().events).to.be.within(2_000, events)
    reader.close()
    const copy = await sqlite({ path: to })
    expect((await copy.claim({ sink: 'a', max: 5, leaseMs: 1, ordered: true })).claims).to.have.length(5)
    await copy.close()
  })

  it('does not restart when the owner commits, and the copy contains no later commit', async () => {
    const path = await newPath()
    const to = join(dirname(path), 'copy.db')
    const journal = await sqlite({ path })
    for (let from = 0; from < 4_000; from += 500) await journal.append(someEvents(500, { raw: new Uint8Array(4_000) }, from))
    await journal.close()
    const db = openDatabase(path)
    const store = createStore(db, 1, 0)
    let steps = 0
    let last = -1
    await backupJournal(path, to, (done) => {
      steps += 1
      expect(done).to.be.above(last)
      last = done
      store.append(rowsOf(someEvents(1, {}, 10_000 + steps)), 0)
    })
    expect(steps).to.be.above(3)
    expect(store.stats(0).events).to.equal(4_000 + steps)
    db.close()
    const reader = openReader(to)
    expect(reader.stats().events).to.equal(4_000)
    reader.close()
    expect(await verifyJournal(to)).to.deep.equal([])
  })

  it('does not overwrite an existing file, and leaves no partial copy', async () => {
    const path = await newPath()
    const to = join(dirname(path), 'precious')
    await writeFile(to, 'mine')
    await (await sqlite({ path })).close()
    const error = await backupJournal(path, to).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(JournalBackupError).and.include({ path: to, code: 'EEXIST' })
    expect(await readFile(to, 'utf8')).to.equal('mine')
    expect((await readdir(dirname(path))).filter((name) => name.includes('part'))).to.deep.equal([])
    const nowhere = await backupJournal(path, join(dirname(path), 'no', 'where')).catch((reason: unknown) => reason)
    expect(nowhere).to.be.instanceOf(JournalBackupError)
  })

  it('does not overwrite a file that was created during the copy', async () => {
    const path = await newPath()
    const to = join(dirname(path), 'precious')
    await (await sqlite({ path })).close()
    const error = await backupJournal(path, to, () => writeFileSync(to, 'mine')).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(JournalBackupError).and.include({ path: to, code: 'EEXIST' })
    expect(await readFile(to, 'utf8')).to.equal('mine')
    expect((await readdir(dirname(path))).filter((name) => name.includes('part'))).to.deep.equal([])
  })

  it('rejects with ENOENT when there is no journal', async () => {
    const path = await newPath()
    const error = await backupJournal(path, `${path}.copy`).catch((reason: unknown) => reason)
    expect(error).to.be.an('error').with.property('code', 'ENOENT')
  })
})
