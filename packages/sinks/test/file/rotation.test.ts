import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { file } from '@callboard/sinks'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import type { AppendFile } from '../../src/file/appender.ts'
import { segmentOf } from '../../src/file/path-template.ts'
import { createRotatingFile } from '../../src/file/rotating-file.ts'
import { rotatedPath } from '../../src/file/rotation.ts'
import { countOpenFiles, delivery, idsOf, lineWithId, neverAborted, withFileSink, withTemporaryDirectory } from './file-sink-fixture.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 10, 23, 10)

const sortedNames = async (directory: string): Promise<readonly string[]> => (await readdir(directory)).sort()

/** Writes one event for each id, one after the other. */
const write = async (writer: Parameters<Parameters<typeof withFileSink>[1]>[0], ...ids: readonly string[]) => {
  for (const id of ids) await writer.write(delivery({ id }), neverAborted())
}

/** Sets the modification time of a file, in milliseconds since the epoch. */
const setModifiedAt = (path: string, timeMs: number) => utimes(path, timeMs / 1_000, timeMs / 1_000)

const sequentialIds = (count: number): readonly string[] => Array.from({ length: count }, (_, each) => String(each))

describe('file rotation', () => {
  it('rotates the file before it exceeds `size` and stores each line completely, once and in order', () =>
    withTemporaryDirectory(async (directory) => {
      const { now } = manualClock(START)
      await withFileSink(
        { path: join(directory, 'audit.jsonl'), rotate: { size: '4KiB' } },
        async (writer) => {
          await write(writer, ...sequentialIds(100))
          expect(await countOpenFiles(directory)).to.equal(1)
        },
        { now },
      )
      const names = await sortedNames(directory)
      expect(names.length).to.be.above(5)
      const [current = '', ...rotated] = names
      expect(current).to.equal('audit.jsonl')
      expect(rotated).to.deep.equal(rotated.map((_, each) => `audit@2026-11-23T10-00-00-00${each}Z.jsonl`))
      for (const name of names) expect((await stat(join(directory, name))).size).to.be.within(1, 4_096)
      expect(await idsOf(...[...rotated, current].map((name) => join(directory, name)))).to.deep.equal(sequentialIds(100))
    }))

  it('keeps concurrent lines within `size` and writes a line larger than `size` to its own file', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      await withFileSink({ path, rotate: { size: '4KiB' } }, async (writer) => {
        await Promise.all(sequentialIds(100).map((id) => writer.write(delivery({ id }), neverAborted())))
        await writer.write(delivery({ id: 'large', body: { text: 'x'.repeat(8_192) } }), neverAborted())
        await write(writer, 'last')
      })
      const rotated = (await sortedNames(directory)).slice(1).map((name) => join(directory, name))
      const sizes = await Promise.all(rotated.map(async (each) => (await stat(each)).size))
      expect(sizes.filter((size) => size > 4_096)).to.have.length(1)
      expect(await idsOf(...rotated, path)).to.deep.equal([...sequentialIds(100), 'large', 'last'])
    }))

  it('rotates the file before the first line of a new UTC day and names it after the time of its last line', () =>
    withTemporaryDirectory(async (directory) => {
      const { now, jump } = manualClock(START)
      const path = join(directory, 'audit.jsonl')
      await withFileSink(
        { path, rotate: { every: 'day' } },
        async (writer) => {
          await write(writer, '1')
          jump(14 * HOUR - 1)
          await write(writer, '2')
          jump(1)
          await write(writer, '3')
          jump(3 * DAY)
          await write(writer, '4')
        },
        { now },
      )
      const [first, second] = ['audit@2026-11-23T23-59-59-999Z.jsonl', 'audit@2026-11-24T00-00-00-000Z.jsonl']
      expect(await sortedNames(directory)).to.deep.equal(['audit.jsonl', first, second])
      expect(await idsOf(join(directory, first))).to.deep.equal(['1', '2'])
      expect(await idsOf(join(directory, second))).to.deep.equal(['3'])
      expect(await idsOf(path)).to.deep.equal(['4'])
    }))

  it('uses the day and the size of the existing file after a restart', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const yesterday = START - DAY
      await withFileSink({ path }, (writer) => write(writer, '1'))
      await setModifiedAt(path, yesterday)
      const run = (id: string) =>
        withFileSink({ path, rotate: { every: 'day', size: '1KiB' } }, (writer) => write(writer, id), { now: () => START })
      await run('2')
      const rotated = 'audit@2026-11-22T10-00-00-000Z.jsonl'
      expect(await sortedNames(directory)).to.deep.equal(['audit.jsonl', rotated])
      expect(await idsOf(join(directory, rotated))).to.deep.equal(['1'])
      await setModifiedAt(path, START)
      for (const id of sequentialIds(5)) await run(id)
      expect((await sortedNames(directory)).length).to.be.above(2)
    }))

  it('does not rotate an empty file and does not rotate without the `rotate` option', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      await writeFile(path, '')
      await setModifiedAt(path, START - DAY)
      await withFileSink({ path, rotate: { every: 'day' } }, (writer) => write(writer, '1'), { now: () => START })
      await setModifiedAt(path, START - DAY)
      await withFileSink({ path }, (writer) => write(writer, ...sequentialIds(50)), { now: () => START })
      expect(await readdir(directory)).to.deep.equal(['audit.jsonl'])
    }))

  it('overwrites no existing file and keeps the names of rotated files in order after the clock goes back', () =>
    withTemporaryDirectory(async (directory) => {
      const { now, jump } = manualClock(START)
      const path = join(directory, 'audit.jsonl')
      const existingPath = rotatedPath(path, START)
      await writeFile(existingPath, lineWithId('before'))
      await mkdir(rotatedPath(path, START + 1))
      await withFileSink(
        { path, rotate: { size: '1KiB' } },
        async (writer) => {
          await write(writer, ...sequentialIds(10))
          jump(-HOUR)
          await write(writer, ...sequentialIds(10))
        },
        { now },
      )
      const rotated = (await sortedNames(directory)).filter((name) => /@.*jsonl$/.test(name)).map((name) => join(directory, name))
      const files = rotated.filter((each) => each !== rotatedPath(path, START + 1))
      expect(files[0]).to.equal(existingPath)
      expect(await idsOf(...files, path)).to.deep.equal(['before', ...sequentialIds(10), ...sequentialIds(10)])
    }))

  it('keeps the latest `keep` rotated files and removes only files that it rotated from the same path', () =>
    withTemporaryDirectory(async (directory) => {
      const old = '2020-01-01T00-00-00-000Z'
      const unrelatedNames = [
        `audit@${old}.jsonl.gz`,
        `audit@${old}`,
        `audit@${old}.notes`,
        `audit@2020-13-01T00-00-00-000Z.jsonl`,
        `audit@${old}x.jsonl`,
        `audit-${old}.jsonl`,
        `audit2@${old}.jsonl`,
        `other@${old}.jsonl`,
        'audit@.jsonl',
      ]
      for (const name of unrelatedNames) await writeFile(join(directory, name), 'unrelated')
      await mkdir(join(directory, `audit@2020-01-02T00-00-00-000Z.jsonl`))
      const expiredNames = ['audit@2020-01-03T00-00-00-000Z.jsonl', `audit@${old}.jsonl`]
      for (const name of expiredNames) await writeFile(join(directory, name), '{}\n')
      const { now, jump } = manualClock(START)
      const logged: unknown[] = []
      const log = { ...silentLog, info: (fields: unknown) => logged.push(fields) }
      const path = join(directory, 'audit.jsonl')
      await withFileSink(
        { path, rotate: { every: 'day', keep: 2 } },
        async (writer) => {
          for (const id of ['1', '2', '3', '4']) {
            await write(writer, id)
            jump(DAY)
          }
        },
        { now, log },
      )
      const names = await sortedNames(directory)
      for (const name of unrelatedNames) expect(names).to.include(name)
      for (const name of expiredNames) expect(names).not.to.include(name)
      expect(names).to.include('audit@2020-01-02T00-00-00-000Z.jsonl')
      const keptPaths = ['audit@2026-11-24T10-00-00-000Z.jsonl', 'audit@2026-11-25T10-00-00-000Z.jsonl'].map((name) =>
        join(directory, name),
      )
      expect(await idsOf(...keptPaths, path)).to.deep.equal(['2', '3', '4'])
      expect(names).to.have.length(unrelatedNames.length + 1 + keptPaths.length + 1)
      expect(logged.at(-1)).to.deep.equal({ sink: 'audit', path, to: keptPaths[1], removed: 1 })
    }))

  it('rotates each path of a template separately and never treats the file of a command as a rotated file', () =>
    withTemporaryDirectory(async (directory) => {
      const rotatedLookingCommand = 'Group.A@2020-01-01T00-00-00-000Z'
      expect(segmentOf(rotatedLookingCommand)).not.to.contain('@')
      const { now, jump } = manualClock(START)
      await withFileSink(
        { path: join(directory, '{command}'), rotate: { every: 'day', keep: 1 } },
        async (writer) => {
          await writer.write(delivery({ id: 'safe', command: rotatedLookingCommand }), neverAborted())
          for (const id of ['1', '2', '3']) {
            jump(DAY)
            await writer.write(delivery({ id, command: 'Group.A' }), neverAborted())
          }
        },
        { now },
      )
      const names = await sortedNames(directory)
      expect(names).to.have.length(3)
      expect(names).to.include.members(['Group.A', 'Group@2026-11-25T10-00-00-000Z.A', segmentOf(rotatedLookingCommand)])
      expect(await readFile(join(directory, segmentOf(rotatedLookingCommand)), 'utf8')).to.contain('"safe"')
    }))

  it('does not rotate a device', () =>
    withTemporaryDirectory(async (directory) => {
      const failToOpen = async () => {
        throw new Error('the rotating file must not open another file')
      }
      const path = join(directory, 'device')
      const file: Partial<AppendFile> = {}
      const device = { file: file as AppendFile, path: '/dev/x', length: 5_000, isRegular: false, dev: 0n, ino: 0n, lastLineAt: 0 }
      const target = createRotatingFile({
        path,
        followsLinks: true,
        open: failToOpen,
        now: Date.now,
        rotate: { size: 1_024 },
        onRotated: () => {},
        onRemoveFailed: () => {},
      })
      expect(await target.prepare(device, 10)).to.equal(device)
      await target.confirm(device)
      expect(await readdir(directory)).to.deep.equal([])
    }))

  it('validates the `rotate` option and reports each invalid value', () => {
    const problemsOf = (rotate: unknown, path = './audit.jsonl') =>
      file.configure({ path, rotate }).problems.map(({ path, message }) => [...path, message].join(': '))
    expect(problemsOf({ size: '100MiB', every: 'day', keep: 14 })).to.deep.equal([])
    expect(problemsOf({ size: 65_536 })).to.deep.equal([])
    expect(problemsOf({ keep: 14 })).to.deep.equal(['rotate: give `size` or `every`'])
    expect(problemsOf({ every: 'week' })).to.deep.equal(['rotate: every: expected "day"'])
    expect(problemsOf({ size: '1023' })).to.have.length(1)
    expect(problemsOf({ size: 1_023 })).to.deep.equal(['rotate: size: expected a size such as 64KiB, 1MiB or 10MB, at least 1KiB'])
    expect(file.options.is({ path: 'x', rotate: { size: 1_023 } })).to.equal(false)
    expect(problemsOf({ every: 'day', keep: 0 })).to.deep.equal(['rotate: keep: expected a whole number, 1 or more'])
    expect(problemsOf({ every: 'day', keep: 1.5 })).to.deep.equal(['rotate: keep: expected a whole number, 1 or more'])
    expect(problemsOf({ every: 'day', compress: true })).to.deep.equal(['rotate: compress: unknown key'])
    expect(problemsOf({ every: 'day' }, './{date}.jsonl')).to.deep.equal([
      '`rotate.every` and {date} in `path` both make a file for each day: choose one',
    ])
    expect(problemsOf({ size: '1GiB' }, './{date}.jsonl')).to.deep.equal([])
  })
})
