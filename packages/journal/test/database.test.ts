import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { JournalError } from '@callboard/core'
import { JournalOpenError, JournalVersionError, openReader, sqlite } from '@callboard/journal'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { openDatabase } from '../src/sqlite/database.ts'
import { SCHEMA_VERSION } from '../src/sqlite/schema.ts'
import { anEvent } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

const failure = async (opening: () => unknown): Promise<unknown> => {
  try {
    await opening()
  } catch (error) {
    return error
  }
  throw new Error('the journal was opened')
}

describe('opening a SQLite journal', () => {
  after(removeAll)

  it('sets the pragmas that durability depends on', async () => {
    const db = openDatabase(await newPath())
    const pragma = (name: string) => db.pragma(name, { simple: true })
    expect(['journal_mode', 'synchronous', 'wal_autocheckpoint', 'trusted_schema', 'busy_timeout'].map(pragma)).to.deep.equal([
      'wal',
      2,
      0,
      0,
      2_000,
    ])
    db.close()
  })

  it('creates a missing directory', async () => {
    const path = join(dirname(await newPath()), 'a/b/journal.db')
    const journal = await sqlite({ path })
    expect(await journal.append([anEvent('1')])).to.deep.equal([{ type: 'recorded', id: '1' }])
    await journal.close()
  })

  it('rejects a journal of a newer or older version with both versions in the message [F12]', async () => {
    for (const found of [SCHEMA_VERSION + 97, SCHEMA_VERSION - 1]) {
      const path = await newPath()
      await (await sqlite({ path })).close()
      const db = new Database(path)
      db.pragma(`user_version = ${found}`)
      db.close()
      for (const opening of [() => sqlite({ path }), () => openReader(path)]) {
        const error = await failure(opening)
        expect(error).to.be.instanceOf(JournalVersionError).and.include({ path, found, known: SCHEMA_VERSION })
        expect(String(error)).to.include(`version ${found}`).and.include(`version ${SCHEMA_VERSION}`)
      }
    }
  })

  it('rejects a file that is not a database with `corrupt` [F07]', async () => {
    const path = await newPath()
    await writeFile(path, 'not a database, but as long as one; '.repeat(50))
    for (const opening of [() => sqlite({ path }), () => openReader(path)]) {
      expect(await failure(opening))
        .to.be.instanceOf(JournalError)
        .and.include({ code: 'corrupt' })
    }
  })

  it('rejects a database of another program, and does not change it', async () => {
    const path = await newPath()
    const db = new Database(path)
    db.exec('CREATE TABLE mine (x)')
    db.close()
    expect(await failure(() => sqlite({ path })))
      .to.be.instanceOf(JournalOpenError)
      .and.include({ code: 'EEXIST' })
    expect(new Database(path).prepare('SELECT name FROM sqlite_schema').pluck().all()).to.deep.equal(['mine'])
  })

  it('reports the path and the error code of the system', async () => {
    const path = await newPath()
    await writeFile(join(dirname(path), 'file'), '')
    await mkdir(join(dirname(path), 'directory'))
    const below = await failure(() => sqlite({ path: join(dirname(path), 'file', 'journal.db') }))
    expect(below).to.be.instanceOf(JournalOpenError).and.have.property('code').that.is.oneOf(['EEXIST', 'ENOTDIR'])
    expect(String(below)).to.include(join(dirname(path), 'file'))
    const directory = await failure(() => sqlite({ path: join(dirname(path), 'directory') }))
    expect(directory).to.be.instanceOf(JournalOpenError).and.include({ code: 'EISDIR' })
  })

  it('rejects a path that cannot be made with the path and the error code of the system, and does not try for ever [F10]', async () => {
    const file = await newPath()
    await writeFile(file, 'x')
    for (const [path, codes] of [
      ['/proc/nope/journal.db', ['ENOENT']],
      ['/proc/nope/deep/er/journal.db', ['ENOENT']],
      ['/sys/nope/journal.db', ['ENOENT', 'EACCES', 'EPERM', 'EROFS']],
      [join(file, 'below', 'journal.db'), ['ENOTDIR', 'EEXIST']],
      [join(dirname(file), 'x'.repeat(300), 'journal.db'), ['ENAMETOOLONG']],
      [join(dirname(file), 'x'.repeat(300)), ['ENAMETOOLONG']],
    ] as const) {
      const error = await failure(() => sqlite({ path }))
      expect(error, path).to.be.instanceOf(JournalOpenError).and.have.property('code').that.is.oneOf(codes)
      expect(String(error), path).to.match(/^JournalOpenError: cannot open the journal \//)
    }
  })

  it('reports ENOENT when a reader finds no journal', async () => {
    const path = await newPath()
    expect(await failure(() => openReader(path)))
      .to.be.instanceOf(JournalOpenError)
      .and.include({ path, code: 'ENOENT' })
    const deep = join(path, 'no', 'journal.db')
    expect(await failure(() => openReader(deep)))
      .to.be.instanceOf(JournalOpenError)
      .and.include({ code: 'ENOENT' })
  })
})
