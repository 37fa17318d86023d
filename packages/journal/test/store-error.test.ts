import Database from 'better-sqlite3'
import { expect } from 'chai'
import { storeErrorOf } from '../src/sqlite/store-error.ts'

describe('storeErrorOf', () => {
  it('returns `full` without space for the WAL or its index, `corrupt` after a failed commit or fsync, otherwise `down` [F08] [F09]', () => {
    const codeOf = (code: string, committing: boolean) => storeErrorOf(new Database.SqliteError('no', code), committing).code
    expect(codeOf('SQLITE_FULL', true)).to.equal('full')
    expect(codeOf('SQLITE_IOERR_SHMSIZE', true)).to.equal('full')
    expect(codeOf('SQLITE_IOERR_FSYNC', false)).to.equal('corrupt')
    expect(codeOf('SQLITE_IOERR_WRITE', true)).to.equal('corrupt')
    expect(codeOf('SQLITE_IOERR_WRITE', false)).to.equal('down')
    expect(codeOf('SQLITE_CORRUPT_INDEX', false)).to.equal('corrupt')
    expect(codeOf('SQLITE_BUSY', true)).to.equal('down')
  })
})
