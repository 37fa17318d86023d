import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { backupJournal, JournalBusyError, JournalOpenError, openReader, sqlite, verifyJournal } from '@callboard/journal'
import { expect } from 'chai'
import { anEvent } from './events.ts'
import { skipTest } from './skip-test.ts'
import { newPath, removeAll } from './temporary-path.ts'

const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('the journal was opened')
}

const opening = async (path: string) => (await sqlite({ path })).close()

/** Returns other names of the journal at `path`. None of them needs a hard link. */
const otherNames = (path: string): Readonly<Record<string, string>> => {
  const directory = dirname(path)
  const others = join(directory, 'others')
  mkdirSync(others)
  symlinkSync(path, join(others, 'absolute.db'))
  symlinkSync(relative(others, path), join(others, 'relative.db'))
  symlinkSync('relative.db', join(others, 'twice.db'))
  symlinkSync(directory, join(others, 'directory'))
  return {
    'an absolute symbolic link': join(others, 'absolute.db'),
    'a relative symbolic link': join(others, 'relative.db'),
    'a link to a link': join(others, 'twice.db'),
    'a linked directory': join(others, 'directory', basename(path)),
    'a path with ..': `${others}/../${basename(path)}`,
    'a relative path': relative(process.cwd(), path),
  }
}

describe('a SQLite journal with several names', () => {
  after(removeAll)

  it('has one lock, one reserve and one WAL under all its names, also for readers [F11]', async () => {
    const path = await newPath()
    const names = otherNames(path)
    // The links exist before the journal does.
    const journal = await sqlite({ path: names['a link to a link'] ?? '' })
    await journal.append(Array.from({ length: 21 }, (_, each) => anEvent(String(each))))
    for (const [title, name] of Object.entries({ ...names, itself: path })) {
      expect(await failureOf(() => opening(name)), title)
        .to.be.instanceOf(JournalBusyError)
        .and.include({ pid: process.pid })
      const reader = openReader(name)
      expect(reader.stats().events, title).to.equal(21)
      reader.close()
      expect(await verifyJournal(name), title).to.deep.equal([])
      const copy = `${path}.${title.replaceAll(' ', '-')}`
      await backupJournal(name, copy)
      const copied = openReader(copy)
      expect(copied.stats().events, title).to.equal(21)
      copied.close()
    }
    const files = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)) && !/\.(a|itself)/.test(name))
    await journal.close()
    expect(files.toSorted()).to.deep.equal(['', '-shm', '-wal', '.lock', '.reserve'].map((suffix) => `${basename(path)}${suffix}`))
    expect(readdirSync(join(dirname(path), 'others')).toSorted()).to.deep.equal(['absolute.db', 'directory', 'relative.db', 'twice.db'])
  })

  it('is refused under each of two hard links, for the owner and for readers, and the error says what to do', async () => {
    const path = await newPath()
    await opening(path)
    linkSync(path, `${path}.second`)
    for (const name of [path, `${path}.second`]) {
      for (const work of [
        () => opening(name),
        () => openReader(name),
        () => verifyJournal(name),
        () => backupJournal(name, `${path}.copy`),
      ]) {
        const error = await failureOf(work)
        expect(error).to.be.instanceOf(JournalOpenError).and.include({ code: 'EMLINK' })
        expect(String(error)).to.include('has 2 names').and.include('remove all but one')
      }
    }
  })

  it('is refused if the file alone is mounted, and busy if its directory is mounted', async function () {
    const path = await newPath()
    const journal = await sqlite({ path })
    const mounted = dirname(await newPath())
    mkdirSync(join(mounted, 'directory'))
    writeFileSync(join(mounted, 'file.db'), '')
    const mount = (from: string, to: string) => spawnSync('mount', ['--bind', from, to]).status === 0
    if (!mount(path, join(mounted, 'file.db'))) {
      await journal.close()
      return skipTest(this, 'this process cannot mount')
    }
    try {
      for (const work of [() => opening(join(mounted, 'file.db')), () => openReader(join(mounted, 'file.db'))]) {
        expect(await failureOf(work))
          .to.be.instanceOf(JournalOpenError)
          .and.include({ code: 'EBUSY' })
      }
      expect(mount(dirname(path), join(mounted, 'directory'))).to.equal(true)
      expect(await failureOf(() => opening(join(mounted, 'directory', basename(path))))).to.be.instanceOf(JournalBusyError)
    } finally {
      for (const name of ['file.db', 'directory']) spawnSync('umount', ['-l', join(mounted, name)])
      await journal.close()
    }
  })

  it('is refused if its symbolic links form a loop', async () => {
    const path = await newPath()
    symlinkSync(`${path}.b`, path)
    symlinkSync(path, `${path}.b`)
    for (const work of [() => opening(path), () => openReader(path)])
      expect(await failureOf(work))
        .to.be.instanceOf(JournalOpenError)
        .and.include({ code: 'ELOOP' })
  })
})
