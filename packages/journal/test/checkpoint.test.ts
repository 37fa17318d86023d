import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { checkpoint } from '../src/sqlite/checkpoint.ts'
import { openDatabase } from '../src/sqlite/database.ts'
import { newPath, removeAll } from './temporary-path.ts'

describe('checkpoint', () => {
  after(removeAll)

  it('does nothing with a short WAL, and moves a long one into the database', async () => {
    const db = openDatabase(await newPath())
    const insert = db.prepare('INSERT INTO filler (rowid, raw) VALUES (?, ?)')
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

  it('truncates a WAL that grew during a long read, when that read ends [F13]', async () => {
    const path = await newPath()
    const db = openDatabase(path)
    const insert = db.prepare('INSERT INTO filler (rowid, raw) VALUES (?, ?)')
    let event = 0
    const grow = (megabytes: number) => {
      for (let n = 0; n < megabytes; n += 1) {
        insert.run(++event, new Uint8Array(2 ** 20))
        checkpoint(db)
      }
    }
    const size = () => statSync(`${path}-wal`).size
    const pragmas: string[] = []
    const pragma = db.pragma.bind(db)
    db.pragma = (source, options) => {
      pragmas.push(source)
      return pragma(source, options)
    }
    const truncations = () => pragmas.splice(0).filter((source) => source.includes('TRUNCATE')).length
    const reader = new Database(path, { readonly: true })
    reader.exec('BEGIN')
    expect(reader.prepare('SELECT count(*) FROM filler').pluck().get()).to.equal(0)
    grow(90)
    expect(size()).to.be.above(80 * 2 ** 20)
    // It never waits for a reader that may take an hour.
    expect(truncations()).to.equal(0)
    reader.exec('COMMIT')
    grow(2)
    expect(size()).to.be.below(20 * 2 ** 20)
    expect(truncations()).to.equal(1)
    reader.close()
    db.close()
  })
})
