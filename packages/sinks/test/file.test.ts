import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { file } from '@callboard/sinks'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { delivery, errorOf, event, inDirectory, linesOf, live, opened, openFiles } from './file/sink.ts'

describeSink(
  'file',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'callboard-file-'))
    return { sink: file({ path: join(directory, '{command}.jsonl') }), clean: () => rm(directory, { recursive: true }) }
  },
  {
    event,
    payload: { GroupId: '@TGS#1' },
    wrong: [
      file.configure({}),
      file.configure({ path: '' }),
      file.configure({ path: './{key}.jsonl' }),
      file.configure({ path: './x', mode: 1 }),
    ],
    failing: () => ({ sink: file({ path: '/dev/full' }) }),
  },
)

describe('file', () => {
  it('writes a line of id, app, command, key, time of arrival and body; a hook replaces the body only', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      const { key: _, ...keyless } = event
      await opened({ path }, async (open) => {
        await open.write(delivery(), live())
        await open.write({ ...delivery(), event: keyless, payload: { group: '群\n' } }, live())
      })
      const common = { id: event.id, app: 1_400_000_000, command: event.command, receivedAt: '2026-01-01T00:00:00.000Z' }
      expect(await linesOf(path)).to.deep.equal([
        { ...common, key: '@TGS#1', body: event.body },
        { ...common, key: null, body: { group: '群\n' } },
      ])
      const [first = ''] = (await readFile(path, 'utf8')).split('\n')
      expect(Object.keys(JSON.parse(first))).to.deep.equal(['id', 'app', 'command', 'key', 'receivedAt', 'body'])
    }))

  it('keeps what earlier runs have written', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      for (const _ of [1, 2, 3]) await opened({ path }, async (open) => void (await open.write(delivery(), live())))
      expect(await linesOf(path)).to.have.length(3)
    }))

  it('makes the fixed directories when it opens, and those of a template when they are needed', () =>
    inDirectory(async (directory) => {
      await opened({ path: join(directory, 'a/b/{app}/{date}/{command}.jsonl') }, async (open) => {
        expect(await readdir(join(directory, 'a/b'))).to.deep.equal([])
        await open.write(delivery(), live())
      })
      const path = join(directory, 'a/b/1400000000/2026-01-01/Group.CallbackAfterGroupDestroyed.jsonl')
      expect(await linesOf(path)).to.have.length(1)
      expect((await stat(path)).mode & 0o007).to.equal(0)
    }))

  it('writes nothing outside of its directory, whatever a command is called', () =>
    inDirectory(async (directory) => {
      await opened({ path: join(directory, 'data/{command}.jsonl') }, async (open) => {
        for (const command of ['../../escaped', '/etc/callboard', '..', 'a/b', '\u0000', 'x'.repeat(300)]) {
          await open.write({ event: unknownEvent({ command }), sink: 'audit', attempt: 1 }, live())
        }
      })
      expect(await readdir(directory)).to.deep.equal(['data'])
      const written = await readdir(join(directory, 'data'), { recursive: true })
      expect(written).to.have.length(6)
      for (const name of written) expect(name).to.match(/^[A-Za-z0-9_-][A-Za-z0-9._-]*\.jsonl$/)
    }))

  it('cuts off a torn last line, says how long it was, and goes on behind the last whole one', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      const torn = `{"id":"${'x'.repeat(100_000)}`
      await writeFile(path, `{"id":"1"}\n${torn}`)
      const warned: unknown[] = []
      await opened({ path }, async (open) => void (await open.write(delivery(), live())), {
        log: { ...silentLog, warn: (fields) => warned.push(fields) },
      })
      const [first, second, ...more] = await linesOf(path)
      expect(first).to.deep.equal({ id: '1' })
      expect(second).to.have.property('id', event.id)
      expect(more).to.deep.equal([])
      expect(warned).to.deep.equal([{ sink: 'audit', path, bytes: torn.length }])
    }))

  it('cuts off the zeros that a power cut leaves, and a file that is nothing but torn', () =>
    inDirectory(async (directory) => {
      for (const [name, torn] of [
        ['zeros', '\u0000'.repeat(5_000)],
        ['short', '{"i'],
        ['one', '{"id":"1"}'],
      ] as const) {
        const path = join(directory, name)
        await writeFile(path, torn)
        await opened({ path }, async (open) => void (await open.write(delivery(), live())))
        expect(await linesOf(path)).to.have.length(1)
      }
    }))

  it('does not touch a file that is not its own', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'notes.txt')
      await writeFile(path, 'first line\nmy diary')
      await opened({ path }, async (open) => {
        expect((await errorOf(open.write(delivery(), live()))).message).to.match(/ends with an incomplete line of another program/)
      })
      expect(await readFile(path, 'utf8')).to.equal('first line\nmy diary')
    }))

  it('follows no symbolic link to a file, nor one that leads out of its directory', () =>
    inDirectory(async (directory) => {
      await mkdir(join(directory, 'data'))
      await mkdir(join(directory, 'elsewhere'))
      await writeFile(join(directory, 'elsewhere/file'), '')
      await symlink(join(directory, 'elsewhere/file'), join(directory, 'data/1.jsonl'))
      await symlink(join(directory, 'elsewhere'), join(directory, 'data/2'))
      await opened({ path: join(directory, 'data/{app}.jsonl') }, async (open) => {
        expect((await errorOf(open.write(delivery({ app: 1 }), live()))).code).to.equal('ELOOP')
      })
      await opened({ path: join(directory, 'data/{app}/x.jsonl') }, async (open) => {
        expect((await errorOf(open.write(delivery({ app: 2 }), live()))).message).to.match(/leads out of/)
      })
      expect(await readFile(join(directory, 'elsewhere/file'), 'utf8')).to.equal('')
      expect(await readdir(join(directory, 'elsewhere'))).to.deep.equal(['file'])
    }))

  it('says so when the disk is full, each time', () =>
    opened({ path: '/dev/full' }, async (open) => {
      for (const _ of [1, 2]) expect((await errorOf(open.write(delivery(), live()))).code).to.equal('ENOSPC')
    }))

  it('goes on when the trouble is over', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      await mkdir(path)
      await opened({ path }, async (open) => {
        expect((await errorOf(open.write(delivery(), live()))).code).to.equal('EISDIR')
        await rm(path, { recursive: true })
        await open.write(delivery(), live())
      })
      expect(await linesOf(path)).to.have.length(1)
    }))

  it('keeps at most 64 idle files open, and every line all the same', () =>
    inDirectory(async (directory) => {
      await opened({ path: join(directory, '{command}.jsonl') }, async (open) => {
        for (const _ of [1, 2]) {
          for (let each = 0; each < 100; each += 1) await open.write(delivery({ command: `A.C${each}` }), live())
        }
        expect(await openFiles(directory)).to.equal(64)
      })
      expect(await openFiles(directory)).to.equal(0)
      const names = await readdir(directory)
      expect(names).to.have.length(100)
      for (const name of names) expect(await linesOf(join(directory, name))).to.have.length(2)
    }))

  it('takes many writes to many files at once', () =>
    inDirectory(async (directory) => {
      await opened({ path: join(directory, '{command}.jsonl') }, async (open) => {
        await Promise.all(
          Array.from({ length: 1_000 }, (_, each) => open.write(delivery({ command: `A.C${each % 100}`, id: String(each) }), live())),
        )
      })
      for (const name of await readdir(directory)) expect(await linesOf(join(directory, name))).to.have.length(10)
    }))

  it('does not start where its directory cannot be made', () =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, 'taken'), '')
      const sink = file({ path: join(directory, 'taken/all.jsonl') })
      expect((await errorOf(sink.open({ name: 'audit', log: silentLog, now: Date.now, concurrency: 1 }))).code).to.be.oneOf([
        'EEXIST',
        'ENOTDIR',
      ])
    }))

  it('names a placeholder that it does not know', () => {
    const says = (path: unknown) => file.configure({ path }).problems.map(({ path, message }) => [...path, message].join(': '))
    expect(says('./{Command}.jsonl')).to.deep.equal(['path: {Command} is unknown; there are {command}, {date} and {app}'])
    expect(says('')).to.deep.equal(['path: expected a path'])
    expect(says(7)).to.deep.equal(['path: expected a path'])
    expect(says('./{command}/{date}-{app}.jsonl')).to.deep.equal([])
    expect(file({ path: 'x' }).deliveryOptions).to.deep.equal({ concurrency: 256 })
  })
})
