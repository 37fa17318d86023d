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
import { delivery, idsOf, inDirectory, live, opened, openFiles } from './sink.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 10, 23, 10)

const sorted = async (directory: string): Promise<readonly string[]> => (await readdir(directory)).sort()

/** Writes events of these ids, one after the other. */
const write = async (open: Parameters<Parameters<typeof opened>[1]>[0], ...ids: readonly string[]) => {
  for (const id of ids) await open.write(delivery({ id }), live())
}

/** Pretends that the file was last written to at this moment. */
const lastWritten = (path: string, moment: number) => utimes(path, moment / 1_000, moment / 1_000)

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, each) => String(each))

describe('the rotation of a file', () => {
  it('moves a file aside before it would grow beyond its size, and every line is whole, once and in order', () =>
    inDirectory(async (directory) => {
      const { now } = manualClock(START)
      await opened(
        { path: join(directory, 'audit.jsonl'), rotate: { size: '4KiB' } },
        async (open) => {
          await write(open, ...numbers(100))
          expect(await openFiles(directory)).to.equal(1)
        },
        { now },
      )
      const names = await sorted(directory)
      expect(names.length).to.be.above(5)
      const [current = '', ...aside] = names
      expect(current).to.equal('audit.jsonl')
      expect(aside).to.deep.equal(aside.map((_, each) => `audit@2026-11-23T10-00-00-00${each}Z.jsonl`))
      for (const name of names) expect((await stat(join(directory, name))).size).to.be.within(1, 4_096)
      expect(await idsOf(...[...aside, current].map((name) => join(directory, name)))).to.deep.equal(numbers(100))
    }))

  it('does so for lines that come together, and for one that is larger than all of it', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      await opened({ path, rotate: { size: '4KiB' } }, async (open) => {
        await Promise.all(numbers(100).map((id) => open.write(delivery({ id }), live())))
        await open.write(delivery({ id: 'large', body: { text: 'x'.repeat(8_192) } }), live())
        await write(open, 'last')
      })
      const aside = (await sorted(directory)).slice(1).map((name) => join(directory, name))
      const sizes = await Promise.all(aside.map(async (each) => (await stat(each)).size))
      expect(sizes.filter((size) => size > 4_096)).to.have.length(1)
      expect(await idsOf(...aside, path)).to.deep.equal([...numbers(100), 'large', 'last'])
    }))

  it('moves a file aside before the first line of another day in UTC, named after its last line', () =>
    inDirectory(async (directory) => {
      const { now, jump } = manualClock(START)
      const path = join(directory, 'audit.jsonl')
      await opened(
        { path, rotate: { every: 'day' } },
        async (open) => {
          await write(open, '1')
          jump(14 * HOUR - 1)
          await write(open, '2')
          jump(1)
          await write(open, '3')
          jump(3 * DAY)
          await write(open, '4')
        },
        { now },
      )
      const [first, second] = ['audit@2026-11-23T23-59-59-999Z.jsonl', 'audit@2026-11-24T00-00-00-000Z.jsonl']
      expect(await sorted(directory)).to.deep.equal(['audit.jsonl', first, second])
      expect(await idsOf(join(directory, first))).to.deep.equal(['1', '2'])
      expect(await idsOf(join(directory, second))).to.deep.equal(['3'])
      expect(await idsOf(path)).to.deep.equal(['4'])
    }))

  it('knows after a restart of which day, and how large, the file is', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const yesterday = START - DAY
      await opened({ path }, (open) => write(open, '1'))
      await lastWritten(path, yesterday)
      const run = (id: string) => opened({ path, rotate: { every: 'day', size: '1KiB' } }, (open) => write(open, id), { now: () => START })
      await run('2')
      const aside = 'audit@2026-11-22T10-00-00-000Z.jsonl'
      expect(await sorted(directory)).to.deep.equal(['audit.jsonl', aside])
      expect(await idsOf(join(directory, aside))).to.deep.equal(['1'])
      await lastWritten(path, START)
      for (const id of numbers(5)) await run(id)
      expect((await sorted(directory)).length).to.be.above(2)
    }))

  it('does not move an empty file aside, nor any without being told to', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      await writeFile(path, '')
      await lastWritten(path, START - DAY)
      await opened({ path, rotate: { every: 'day' } }, (open) => write(open, '1'), { now: () => START })
      await lastWritten(path, START - DAY)
      await opened({ path }, (open) => write(open, ...numbers(50)), { now: () => START })
      expect(await readdir(directory)).to.deep.equal(['audit.jsonl'])
    }))

  it('overwrites nothing, and names sort by time even where the clock is set back', () =>
    inDirectory(async (directory) => {
      const { now, jump } = manualClock(START)
      const path = join(directory, 'audit.jsonl')
      const taken = rotatedPath(path, START)
      await writeFile(taken, '{"id":"before"}\n')
      await mkdir(rotatedPath(path, START + 1))
      await opened(
        { path, rotate: { size: '1KiB' } },
        async (open) => {
          await write(open, ...numbers(10))
          jump(-HOUR)
          await write(open, ...numbers(10))
        },
        { now },
      )
      const aside = (await sorted(directory)).filter((name) => /@.*jsonl$/.test(name)).map((name) => join(directory, name))
      const files = aside.filter((each) => each !== rotatedPath(path, START + 1))
      expect(files[0]).to.equal(taken)
      expect(await idsOf(...files, path)).to.deep.equal(['before', ...numbers(10), ...numbers(10)])
    }))

  it('keeps the latest, and removes no file that it has not moved aside from this very path', () =>
    inDirectory(async (directory) => {
      const old = '2020-01-01T00-00-00-000Z'
      const strangers = [
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
      for (const name of strangers) await writeFile(join(directory, name), 'mine')
      await mkdir(join(directory, `audit@2020-01-02T00-00-00-000Z.jsonl`))
      const ours = ['audit@2020-01-03T00-00-00-000Z.jsonl', `audit@${old}.jsonl`]
      for (const name of ours) await writeFile(join(directory, name), '{}\n')
      const { now, jump } = manualClock(START)
      const told: unknown[] = []
      const log = { ...silentLog, info: (fields: unknown) => told.push(fields) }
      const path = join(directory, 'audit.jsonl')
      await opened(
        { path, rotate: { every: 'day', keep: 2 } },
        async (open) => {
          for (const id of ['1', '2', '3', '4']) {
            await write(open, id)
            jump(DAY)
          }
        },
        { now, log },
      )
      const names = await sorted(directory)
      for (const name of strangers) expect(names).to.include(name)
      for (const name of ours) expect(names).not.to.include(name)
      expect(names).to.include('audit@2020-01-02T00-00-00-000Z.jsonl')
      const kept = ['audit@2026-11-24T10-00-00-000Z.jsonl', 'audit@2026-11-25T10-00-00-000Z.jsonl'].map((name) => join(directory, name))
      expect(await idsOf(...kept, path)).to.deep.equal(['2', '3', '4'])
      expect(names).to.have.length(strangers.length + 1 + kept.length + 1)
      expect(told.at(-1)).to.deep.equal({ sink: 'audit', path, to: kept[1], removed: 1 })
    }))

  it('rotates each path of a template by itself, and no command can look like a file that was moved aside', () =>
    inDirectory(async (directory) => {
      const disguised = 'Group.A@2020-01-01T00-00-00-000Z'
      expect(segmentOf(disguised)).not.to.contain('@')
      const { now, jump } = manualClock(START)
      await opened(
        { path: join(directory, '{command}'), rotate: { every: 'day', keep: 1 } },
        async (open) => {
          await open.write(delivery({ id: 'safe', command: disguised }), live())
          for (const id of ['1', '2', '3']) {
            jump(DAY)
            await open.write(delivery({ id, command: 'Group.A' }), live())
          }
        },
        { now },
      )
      const names = await sorted(directory)
      expect(names).to.have.length(3)
      expect(names).to.include.members(['Group.A', 'Group@2026-11-25T10-00-00-000Z.A', segmentOf(disguised)])
      expect(await readFile(join(directory, segmentOf(disguised)), 'utf8')).to.contain('"safe"')
    }))

  it('leaves a device where it is', () =>
    inDirectory(async (directory) => {
      const never = async () => {
        throw new Error('asked for another file')
      }
      const path = join(directory, 'device')
      const file: Partial<AppendFile> = {}
      const device = { file: file as AppendFile, length: 5_000, isRegular: false, dev: 0n, ino: 0n, lastLineAt: 0 }
      const target = createRotatingFile({
        path,
        open: never,
        now: Date.now,
        rotate: { size: 1_024 },
        onRotated: () => {},
        onRemoveFailed: () => {},
      })
      expect(await target.prepare(device, 10)).to.equal(device)
      await target.confirm(device)
      expect(await readdir(directory)).to.deep.equal([])
    }))

  it('is asked for in words that a configuration can hold', () => {
    const says = (rotate: unknown, path = './audit.jsonl') =>
      file.configure({ path, rotate }).problems.map(({ path, message }) => [...path, message].join(': '))
    expect(says({ size: '100MiB', every: 'day', keep: 14 })).to.deep.equal([])
    expect(says({ size: 65_536 })).to.deep.equal([])
    expect(says({ keep: 14 })).to.deep.equal(['rotate: give `size` or `every`'])
    expect(says({ every: 'week' })).to.deep.equal(['rotate: every: expected "day"'])
    expect(says({ size: '1023' })).to.have.length(1)
    expect(says({ size: 1_023 })).to.deep.equal(['rotate: size: expected a size such as 64KiB, 1MiB or 10MB, at least 1KiB'])
    expect(file.options.is({ path: 'x', rotate: { size: 1_023 } })).to.equal(false)
    expect(says({ every: 'day', keep: 0 })).to.deep.equal(['rotate: keep: expected a whole number, 1 or more'])
    expect(says({ every: 'day', keep: 1.5 })).to.deep.equal(['rotate: keep: expected a whole number, 1 or more'])
    expect(says({ every: 'day', compress: true })).to.deep.equal(['rotate: compress: unknown key'])
    expect(says({ every: 'day' }, './{date}.jsonl')).to.deep.equal([
      '`rotate.every` and {date} in `path` both make a file for each day: choose one',
    ])
    expect(says({ size: '1GiB' }, './{date}.jsonl')).to.deep.equal([])
  })
})
