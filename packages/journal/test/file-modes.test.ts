import { chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backupJournal, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { anEvent } from './events.ts'
import { skipTest } from './skip-test.ts'
import { newPath, removeAll } from './temporary-path.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('the permissions of a SQLite journal', () => {
  after(removeAll)

  let umask = 0
  before(() => {
    umask = process.umask(0o022)
  })
  after(() => process.umask(umask))

  it('are 0640 for each file, also for a backup, and 0750 for each new directory', async () => {
    const path = join(dirname(await newPath()), 'parent', 'data', 'journal.db')
    const journal = await sqlite({ path })
    await journal.append([anEvent('1')])
    await backupJournal(path, `${path}.backup`)
    const modes = Object.fromEntries(readdirSync(dirname(path)).map((name) => [name, modeOf(join(dirname(path), name))]))
    await journal.close()
    expect(modes).to.deep.equal({
      'journal.db': '640',
      'journal.db-shm': '640',
      'journal.db-wal': '640',
      'journal.db.backup': '640',
      'journal.db.lock': '640',
      'journal.db.reserve': '640',
    })
    expect([dirname(path), dirname(dirname(path))].map(modeOf)).to.deep.equal(['750', '750'])
  })

  it('are narrower under a narrower umask', async () => {
    const path = join(dirname(await newPath()), 'data', 'journal.db')
    process.umask(0o077)
    const journal = await sqlite({ path })
    await journal.append([anEvent('1')])
    const modes = readdirSync(dirname(path)).map((name) => modeOf(join(dirname(path), name)))
    await journal.close()
    process.umask(0o022)
    expect([...new Set(modes), modeOf(dirname(path))]).to.deep.equal(['600', '700'])
  })

  it('let the owner of the directory use what root makes', async function () {
    if (process.geteuid?.() !== 0) return skipTest(this, 'only root can give a file to another user')
    const home = join(dirname(await newPath()), 'home')
    mkdirSync(home)
    chownSync(home, 65_534, 65_533)
    const path = join(home, 'parent/data/journal.db')
    const journal = await sqlite({ path })
    await journal.append([anEvent('1')])
    await backupJournal(path, `${path}.backup`)
    const made = [dirname(dirname(path)), dirname(path), ...readdirSync(dirname(path)).map((name) => join(dirname(path), name))]
    for (const each of made) {
      const { uid, gid } = statSync(each)
      expect([uid, gid], each).to.deep.equal([65_534, 65_533])
    }
    await journal.close()
    expect(made).to.have.length(8)
  })

  it('stay as they are for an existing file and an existing directory', async () => {
    const directory = join(dirname(await newPath()), 'data')
    mkdirSync(directory, { mode: 0o755 })
    const path = join(directory, 'journal.db')
    await writeFile(path, '', { mode: 0o644 })
    await (await sqlite({ path })).close()
    expect([directory, path].map(modeOf)).to.deep.equal(['755', '644'])
  })
})
