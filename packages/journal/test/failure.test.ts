import Database from 'better-sqlite3'
import { expect } from 'chai'
import { storeErrorOf } from '../src/sqlite/store-error.ts'

describe('a failure of SQLite', () => {
  it('is `full` without room for the WAL or its index, `corrupt` after a commit that may have been written, else `down`', () => {
    const whyOf = (code: string, committing: boolean) => storeErrorOf(new Database.SqliteError('no', code), committing).code
    expect(whyOf('SQLITE_FULL', true)).to.equal('full')
    expect(whyOf('SQLITE_IOERR_SHMSIZE', true)).to.equal('full')
    expect(whyOf('SQLITE_IOERR_FSYNC', false)).to.equal('corrupt')
    expect(whyOf('SQLITE_IOERR_WRITE', true)).to.equal('corrupt')
    expect(whyOf('SQLITE_IOERR_WRITE', false)).to.equal('down')
    expect(whyOf('SQLITE_CORRUPT_INDEX', false)).to.equal('corrupt')
    expect(whyOf('SQLITE_BUSY', true)).to.equal('down')
  })
})
