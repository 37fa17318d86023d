import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { file } from '@callboard/sinks'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import {
  countOpenFiles,
  delivery,
  errorOf,
  event,
  linesOf,
  lineWithId,
  neverAborted,
  withFileSink,
  withTemporaryDirectory,
} from './file/file-sink-fixture.ts'

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

describe('file sink', () => {
  it('writes id, app, command, key, arrival time and body, and replaces only the body with the payload', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      const { key: _, ...keyless } = event
      await withFileSink({ path }, async (writer) => {
        await writer.write(delivery(), neverAborted())
        await writer.write({ ...delivery(), event: keyless, payload: { group: '群\n' } }, neverAborted())
      })
      const common = { id: event.id, app: 1_400_000_000, command: event.command, receivedAt: '2026-01-01T00:00:00.000Z' }
      expect(await linesOf(path)).to.deep.equal([
        { ...common, key: '@TGS#1', body: event.body },
        { ...common, key: null, body: { group: '群\n' } },
      ])
      const [first = ''] = (await readFile(path, 'utf8')).split('\n')
      expect(Object.keys(JSON.parse(first))).to.deep.equal(['id', 'app', 'command', 'key', 'receivedAt', 'body'])
    }))

  it('appends to the lines of earlier runs', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      for (const _ of [1, 2, 3]) await withFileSink({ path }, async (writer) => void (await writer.write(delivery(), neverAborted())))
      expect(await linesOf(path)).to.have.length(3)
    }))

  it('creates the fixed directories on open and the directories of a template on the first write', () =>
    withTemporaryDirectory(async (directory) => {
      await withFileSink({ path: join(directory, 'a/b/{app}/{date}/{command}.jsonl') }, async (writer) => {
        expect(await readdir(join(directory, 'a/b'))).to.deep.equal([])
        await writer.write(delivery(), neverAborted())
      })
      const path = join(directory, 'a/b/1400000000/2026-01-01/Group.CallbackAfterGroupDestroyed.jsonl')
      expect(await linesOf(path)).to.have.length(1)
      expect((await stat(path)).mode & 0o007).to.equal(0)
    }))

  it('writes only inside its directory for any command', () =>
    withTemporaryDirectory(async (directory) => {
      await withFileSink({ path: join(directory, 'data/{command}.jsonl') }, async (writer) => {
        for (const command of ['../../escaped', '/etc/callboard', '..', 'a/b', '\u0000', 'x'.repeat(300)]) {
          await writer.write({ event: unknownEvent({ command }), sink: 'audit', attempt: 1 }, neverAborted())
        }
      })
      expect(await readdir(directory)).to.deep.equal(['data'])
      const names = await readdir(join(directory, 'data'), { recursive: true })
      expect(names).to.have.length(6)
      for (const name of names) expect(name).to.match(/^[A-Za-z0-9_-][A-Za-z0-9._-]*\.jsonl$/)
    }))

  it('removes an incomplete last line, logs its length and appends after the last complete line [F36]', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      const incomplete = `{"id":"2","app":1,"command":"${'x'.repeat(100_000)}`
      await writeFile(path, `${lineWithId('1')}${incomplete}`)
      const warnings: unknown[] = []
      await withFileSink({ path }, async (writer) => void (await writer.write(delivery(), neverAborted())), {
        log: { ...silentLog, warn: (fields) => warnings.push(fields) },
      })
      const [first, second, ...more] = await linesOf(path)
      expect(first).to.have.property('id', '1')
      expect(second).to.have.property('id', event.id)
      expect(more).to.deep.equal([])
      expect(warnings).to.deep.equal([{ sink: 'audit', path, bytes: incomplete.length }])
    }))

  it('removes trailing zeros from a power failure and removes a single incomplete line', () =>
    withTemporaryDirectory(async (directory) => {
      for (const [name, incomplete] of [
        ['zeros', '\u0000'.repeat(5_000)],
        ['short', '{"i'],
        ['one', lineWithId('1').trimEnd()],
        ['torn', `${lineWithId('1').slice(0, 30)}${'\u0000'.repeat(5_000)}`],
      ] as const) {
        const path = join(directory, name)
        await writeFile(path, incomplete)
        await withFileSink({ path }, async (writer) => void (await writer.write(delivery(), neverAborted())))
        expect(await linesOf(path)).to.have.length(1)
      }
    }))

  it('rejects writes to a file that ends with an incomplete line of another program and does not change it', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'notes.txt')
      await writeFile(path, 'first line\nmy diary')
      await withFileSink({ path }, async (writer) => {
        expect((await errorOf(writer.write(delivery(), neverAborted()))).message).to.match(
          /another program wrote this file, or its last line; move the file away, or choose another path$/,
        )
      })
      expect(await readFile(path, 'utf8')).to.equal('first line\nmy diary')
    }))

  it('rejects a symbolic link to a file and a symbolic link to a directory outside the fixed directory [F37]', () =>
    withTemporaryDirectory(async (directory) => {
      await mkdir(join(directory, 'data'))
      await mkdir(join(directory, 'elsewhere'))
      await writeFile(join(directory, 'elsewhere/file'), '')
      await symlink(join(directory, 'elsewhere/file'), join(directory, 'data/1.jsonl'))
      await symlink(join(directory, 'elsewhere'), join(directory, 'data/2'))
      await withFileSink({ path: join(directory, 'data/{app}.jsonl') }, async (writer) => {
        expect((await errorOf(writer.write(delivery({ app: 1 }), neverAborted()))).code).to.equal('ELOOP')
      })
      await withFileSink({ path: join(directory, 'data/{app}/x.jsonl') }, async (writer) => {
        expect((await errorOf(writer.write(delivery({ app: 2 }), neverAborted()))).message).to.match(/leads out of/)
      })
      expect(await readFile(join(directory, 'elsewhere/file'), 'utf8')).to.equal('')
      expect(await readdir(join(directory, 'elsewhere'))).to.deep.equal(['file'])
    }))

  it('rejects each write with ENOSPC while the disk is full', () =>
    withFileSink({ path: '/dev/full' }, async (writer) => {
      for (const _ of [1, 2]) expect((await errorOf(writer.write(delivery(), neverAborted()))).code).to.equal('ENOSPC')
    }))

  it('writes again after a directory at its path is removed', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'all.jsonl')
      await mkdir(path)
      await withFileSink({ path }, async (writer) => {
        expect((await errorOf(writer.write(delivery(), neverAborted()))).code).to.equal('EISDIR')
        await rm(path, { recursive: true })
        await writer.write(delivery(), neverAborted())
      })
      expect(await linesOf(path)).to.have.length(1)
    }))

  it('keeps at most 64 idle files open and stores all lines of 100 files [F37]', () =>
    withTemporaryDirectory(async (directory) => {
      await withFileSink({ path: join(directory, '{command}.jsonl') }, async (writer) => {
        for (const _ of [1, 2]) {
          for (let each = 0; each < 100; each += 1) await writer.write(delivery({ command: `A.C${each}` }), neverAborted())
        }
        expect(await countOpenFiles(directory)).to.equal(64)
      })
      expect(await countOpenFiles(directory)).to.equal(0)
      const names = await readdir(directory)
      expect(names).to.have.length(100)
      for (const name of names) expect(await linesOf(join(directory, name))).to.have.length(2)
    }))

  it('stores all lines of 1000 concurrent writes to 100 files', () =>
    withTemporaryDirectory(async (directory) => {
      await withFileSink({ path: join(directory, '{command}.jsonl') }, async (writer) => {
        await Promise.all(
          Array.from({ length: 1_000 }, (_, each) =>
            writer.write(delivery({ command: `A.C${each % 100}`, id: String(each) }), neverAborted()),
          ),
        )
      })
      for (const name of await readdir(directory)) expect(await linesOf(join(directory, name))).to.have.length(10)
    }))

  it('rejects `open` if it cannot create its directory, and says what to do', () =>
    withTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'occupied'), '')
      const sink = file({ path: join(directory, 'occupied/all.jsonl') })
      const { message } = await errorOf(sink.open({ name: 'audit', log: silentLog, now: Date.now, concurrency: 1 }))
      expect(message).to.match(/^cannot make .*: .*occupied is not a directory; choose another path$/)
    }))

  it('reports an unknown placeholder or a missing path', () => {
    const problemsOf = (path: unknown) => file.configure({ path }).problems.map(({ path, message }) => [...path, message].join(': '))
    expect(problemsOf('./{Command}.jsonl')).to.deep.equal(['path: {Command} is unknown; there are {command}, {date} and {app}'])
    expect(problemsOf('')).to.deep.equal(['path: expected a path'])
    expect(problemsOf(7)).to.deep.equal(['path: expected a path'])
    expect(problemsOf('./{command}/{date}-{app}.jsonl')).to.deep.equal([])
    expect(file({ path: 'x' }).deliveryOptions).to.deep.equal({ concurrency: 256 })
  })
})
