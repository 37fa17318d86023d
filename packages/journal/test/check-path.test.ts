import { execFileSync } from 'node:child_process'
import { accessSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkJournalPath, sqlite } from '@callboard/journal'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { SCHEMA_VERSION } from '../src/sqlite/schema.ts'
import { errorDetail } from '../src/util/errors.ts'
import { anEvent } from './events.ts'
import { errorsWithoutRoot, giveToNobody } from './opener-process.ts'
import { newPath, removeAll } from './temporary-path.ts'

const ADVICE = 'run this command as its owner, or give this user the right to use it'

const messageOf = async (run: () => unknown): Promise<string | undefined> => {
  try {
    await run()
    return undefined
  } catch (error) {
    return String(error)
  }
}

const writeVersion = (path: string, version: number, application?: number): void => {
  const db = new Database(path)
  if (application !== undefined) db.pragma(`application_id = ${application}`)
  db.pragma(`user_version = ${version}`)
  db.close()
}

/** Each makes something at a path where no journal can be, and returns the path of the journal. */
const unusable: readonly (readonly [name: string, code: string, make: (path: string) => Promise<string>])[] = [
  [
    'a directory',
    'EISDIR',
    async (path) => {
      await mkdir(path)
      return path
    },
  ],
  [
    'a path below a file',
    'ENOTDIR',
    async (path) => {
      await writeFile(path, '')
      return join(path, 'journal.db')
    },
  ],
  [
    'a path two levels below a file',
    'ENOTDIR',
    async (path) => {
      await writeFile(path, '')
      return join(path, 'a', 'journal.db')
    },
  ],
  [
    'a FIFO',
    'EINVAL',
    async (path) => {
      execFileSync('mkfifo', [path])
      return path
    },
  ],
  // Only root may write beside a device.
  ['a device', process.getuid?.() === 0 ? 'EINVAL' : 'EACCES', async () => '/dev/null'],
  ['a path in /proc', 'proc does not store files', async () => '/proc/nope/journal.db'],
  ['a path in /sys', 'sysfs does not store files', async () => '/sys/nope/journal.db'],
  ['a file with a name that is too long', 'ENAMETOOLONG', async (path) => `${path}${'x'.repeat(300)}`],
  ['a directory with a name that is too long', 'ENAMETOOLONG', async (path) => join(`${path}${'x'.repeat(300)}`, 'journal.db')],
  [
    'a text',
    'SQLITE_NOTADB',
    async (path) => {
      await writeFile(path, 'not a database, but as long as one; '.repeat(50))
      return path
    },
  ],
  [
    'a short text',
    'SQLITE_NOTADB',
    async (path) => {
      await writeFile(path, 'hello\n')
      return path
    },
  ],
  [
    'a link to a text',
    'SQLITE_NOTADB',
    async (path) => {
      await writeFile(`${path}.txt`, 'not a database, but as long as one; '.repeat(50))
      await symlink(`${path}.txt`, path)
      return path
    },
  ],
  [
    'a database with tables of another program',
    'EEXIST',
    async (path) => {
      const db = new Database(path)
      db.exec('CREATE TABLE mine (x)')
      db.close()
      return path
    },
  ],
  [
    'a database with the version of another program',
    'EEXIST',
    async (path) => {
      writeVersion(path, 5)
      return path
    },
  ],
  ...[SCHEMA_VERSION + 1, SCHEMA_VERSION - 1].map((version): (typeof unusable)[number] => [
    `a journal of version ${version}`,
    `its tables have version ${version}`,
    async (path) => {
      await (await sqlite({ path })).close()
      writeVersion(path, version)
      return path
    },
  ]),
]

describe('checking the path of a journal [F10] [F12]', () => {
  after(removeAll)

  for (const [name, code, make] of unusable) {
    it(`throws for ${name} what the opening throws, and neither of them leaves a file`, async () => {
      const place = await newPath()
      const path = await make(place)
      const names = () => readdirSync(dirname(place), { recursive: true })
      const before = names()
      const checked = await messageOf(() => checkJournalPath(path))
      expect(checked)
        .to.include(code)
        .and.match(/cannot open the journal .*; \w/)
      expect(await messageOf(() => sqlite({ path }))).to.equal(checked)
      expect(names()).to.deep.equal(before)
    })
  }

  it('accepts a missing file, a missing directory, an empty file, an empty database and a journal, and changes none of them', async () => {
    const path = await newPath()
    await writeFile(`${path}.empty`, '')
    new Database(`${path}.new`).close()
    await (await sqlite({ path })).close()
    const bytes = readFileSync(path)
    const names = readdirSync(dirname(path))
    for (const each of [path, `${path}.empty`, `${path}.new`, `${path}.missing`, join(dirname(path), 'a/b/c.db')]) checkJournalPath(each)
    expect(readdirSync(dirname(path))).to.deep.equal(names)
    expect(readFileSync(path).equals(bytes)).to.equal(true)
  })

  it('accepts a journal whose version is only in its write-ahead log', async () => {
    const path = await newPath()
    const db = new Database(path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA user_version = 77; CREATE TABLE mine (x)')
    expect(() => checkJournalPath(path)).not.to.throw()
    db.close()
    expect(() => checkJournalPath(path)).to.throw('the file is a database of another program')
  })

  it('says EACCES once, without the call, for a directory and a file that are not writable [F10]', async () => {
    const path = await newPath()
    await (await sqlite({ path })).close()
    const refused = (place: string) => {
      const message = `JournalOpenError: cannot open the journal ${place}: EACCES, permission denied; ${ADVICE}`
      return [message, message]
    }
    giveToNobody(dirname(path))
    expect(errorsWithoutRoot(path)).to.deep.equal([null, null])
    await chmod(path, 0o400)
    expect(errorsWithoutRoot(path)).to.deep.equal(refused(path))
    await chmod(dirname(path), 0o500)
    expect(errorsWithoutRoot(path)).to.deep.equal(refused(dirname(path)))
    expect(errorsWithoutRoot(join(dirname(path), 'a/b/journal.db'))).to.deep.equal(refused(dirname(path)))
    await chmod(dirname(path), 0o700)
  })

  it('says the cause of a system error without its code, its call and its path, which the message has once', () => {
    for (const run of [() => accessSync('/nowhere/x'), () => mkdirSync('/dev/null/x'), () => renameSync('/nowhere/x', '/nowhere/y')]) {
      try {
        run()
        expect.fail('it succeeded')
      } catch (error) {
        expect(errorDetail(error)).to.match(/^(no such file or directory|not a directory)$/)
      }
    }
    expect(errorDetail(new Error('boom'))).to.equal('boom')
  })

  it('keeps the lock file of a journal that another version wrote, since a process may wait for it', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    await journal.append([anEvent('1')])
    await journal.close()
    writeVersion(path, SCHEMA_VERSION + 1)
    await messageOf(() => sqlite({ path }))
    expect(readdirSync(dirname(path)).some((name) => name.endsWith('.lock'))).to.equal(true)
  })
})
