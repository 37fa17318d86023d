import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { skipFor } from '../needs.ts'
import { notTraceable, traced, written } from './child.ts'
import { delivery, errorOf, idsOf, inDirectory, live, opened } from './sink.ts'

const NOBODY = 65_534
const START = Date.UTC(2026, 10, 23, 10)

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, each) => String(each))
const delivered = (said: readonly string[]): readonly string[] => said.flatMap((line) => /^delivered (\d+)$/.exec(line)?.[1] ?? [])
const failed = (said: readonly string[]): readonly string[] => said.filter((line) => line.startsWith('failed'))

/** The ids in the current file and in those that were moved aside, the oldest first; all lines must be whole. */
const everyId = async (directory: string): Promise<readonly string[]> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort()
  const paths = names.map((name) => join(directory, name))
  const filled = await Promise.all(paths.map(async (path) => ((await stat(path)).size > 0 ? [path] : [])))
  const [current = '', ...aside] = filled.flat()
  return idsOf(...aside, current)
}

/** Runs as somebody whom permissions hold, which root is not. */
const asNobody = async (directory: string, work: () => Promise<void>) => {
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    await chown(directory, NOBODY, NOBODY)
    process.seteuid?.(NOBODY)
  }
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

describe('a file on a sick disk', () => {
  it('tears no line and loses none on a disk that is full, and goes on when there is room', function () {
    return inDirectory(async (directory) => {
      const disk = join(directory, 'disk')
      await mkdir(disk)
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
      if (mounted.status !== 0) return skipFor(this, 'no file system may be mounted here')
      try {
        const done: string[] = []
        await writeFile(join(disk, 'ballast'), Buffer.alloc(16_384))
        await opened({ path: join(disk, 'audit.jsonl') }, async (open) => {
          const write = async (id: string) => {
            await open.write(delivery({ id, body: { text: 'x'.repeat(3_000) } }), live())
            done.push(id)
          }
          const full = async () => {
            for (let id = done.length; ; id += 1) await write(String(id))
          }
          expect((await errorOf(full())).code).to.equal('ENOSPC')
          expect(done.length).to.be.above(5)
          expect(await everyId(disk)).to.deep.equal(done)
          expect((await errorOf(write('again'))).code).to.equal('ENOSPC')
          await rm(join(disk, 'ballast'))
          await write(String(done.length))
        })
        expect(await everyId(disk)).to.deep.equal(done)
      } finally {
        spawnSync('umount', [disk])
      }
    })
  })

  it('fails while its directory may not be written to, and goes on when it may', () =>
    inDirectory((directory) =>
      asNobody(directory, async () => {
        const logs = join(directory, 'logs')
        await opened({ path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' } }, async (open) => {
          const write = (id: string) => open.write(delivery({ id, body: { text: 'x'.repeat(900) } }), live())
          await write('1')
          for (const [mode, code] of [
            [0o500, 'EACCES'],
            [0o000, 'EACCES'],
          ] as const) {
            await chmod(logs, mode)
            expect((await errorOf(write('2'))).code).to.equal(code)
          }
          await chmod(logs, 0o700)
          await write('2')
        })
        expect(await everyId(logs)).to.deep.equal(['1', '2'])
        expect(await readdir(logs)).to.have.length(2)
      }),
    ))

  it('writes on where an old file cannot be removed, and warns', function () {
    if (process.getuid?.() !== 0) return skipFor(this, 'only root can make a file that its directory does not give away')
    return inDirectory(async (directory) => {
      const logs = join(directory, 'logs')
      await mkdir(logs)
      await writeFile(join(logs, 'audit@2020-01-01T00-00-00-000Z.jsonl'), '{"id":"old"}\n')
      // Sticky: a file goes only at its owner's will, and the one above is root's.
      await chmod(logs, 0o1777)
      const warned: unknown[] = []
      const { now, jump } = manualClock(START)
      await asNobody(directory, () =>
        opened(
          { path: join(logs, 'audit.jsonl'), rotate: { every: 'day', keep: 1 } },
          async (open) => {
            await open.write(delivery({ id: '1' }), live())
            jump(86_400_000)
            await open.write(delivery({ id: '2' }), live())
          },
          { now, log: { ...silentLog, warn: (fields, message) => warned.push([message, fields]) } },
        ),
      )
      expect(await everyId(logs)).to.deep.equal(['old', '1', '2'])
      expect(JSON.stringify(warned)).to.match(/^\[\["failed to remove rotated files",.*EPERM/)
    })
  })

  it('is not believed when a sync, a rename or the sync of a directory fails: the line is tried again, and is there once', async function () {
    const why = notTraceable()
    if (why) return skipFor(this, why)
    for (const [rule, code] of [
      ['fdatasync:error=EIO:when=2', 'EIO'],
      ['rename:error=EACCES:when=1', 'EACCES'],
      ['fsync:error=EIO:when=3', 'EIO'],
    ] as const) {
      await inDirectory(async (directory) => {
        const logs = join(directory, 'logs')
        const writing = { path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' }, count: 4, together: 1, size: 500 }
        const { said, code: exit } = await traced(writing, '/dev/null', [rule])
        expect(exit, rule).to.equal(0)
        expect(failed(said), rule).to.deep.equal([`failed 1 ${code}`])
        expect(delivered(said), rule).to.deep.equal(numbers(4))
        expect(await everyId(logs), rule).to.deep.equal(numbers(4))
        expect(await readdir(logs), rule).to.have.length(4)
      })
    }
  })

  it('has name and line synced before the line is called delivered, also across a rotation', async function () {
    const why = notTraceable()
    if (why) return skipFor(this, why)
    await inDirectory(async (directory) => {
      const trace = join(directory, 'trace')
      const logs = join(directory, 'logs')
      const path = join(logs, 'audit.jsonl')
      await traced({ path, rotate: { size: '1KiB' }, count: 2, together: 1, size: 500 }, trace)
      const steps = (await readFile(trace, 'utf8')).split('\n').flatMap((line) => {
        if (/write\(1<.*delivered/.test(line)) return ['said']
        const [, call = '', what = ''] = /^\d+ +(\w+)\((.*)/.exec(line) ?? []
        if (call === 'openat') return what.includes(`"${path}"`) ? ['open'] : []
        if (call === 'rename') return what.startsWith(`"${path}"`) ? ['rename'] : []
        if (what.includes(`<${path}>`)) return [call]
        return what.includes(`<${logs}>`) ? [`${call} directory`] : what.includes(`<${directory}>`) ? [`${call} parent`] : []
      })
      const made = ['open', 'fsync directory', 'write', 'fdatasync', 'said']
      expect(steps).to.deep.equal(['fsync parent', ...made, 'rename', 'fsync directory', ...made])
    })
  })

  it('has every line that was called delivered, and no torn one, when its process is killed in mid-line', () =>
    inDirectory(async (directory) => {
      const logs = join(directory, 'logs')
      const path = join(logs, 'audit.jsonl')
      const promised = new Set<string>()
      for (const kills of [20, 60, 110]) {
        let heard = 0
        const writing = { path, rotate: { size: '1MiB' }, count: 1_000_000, together: 16, size: 100_000 }
        const { said, signal } = await written(writing, (_, child) => {
          heard += 1
          if (heard === kills) child.kill('SIGKILL')
        })
        expect(signal).to.equal('SIGKILL')
        expect(failed(said)).to.deep.equal([])
        for (const id of delivered(said)) promised.add(id)
      }
      await opened({ path }, (open) => Promise.resolve(open.write(delivery({ id: 'last' }), live())).then(() => {}))
      const found = new Set(await everyId(logs))
      expect(found.has('last')).to.equal(true)
      expect([...promised].filter((id) => !found.has(id))).to.deep.equal([])
    }))

  it('has them too when it is killed at any step of a rotation', async function () {
    const why = notTraceable()
    if (why) return skipFor(this, why)
    for (const step of [
      'rename:signal=KILL:when=1',
      'fsync:signal=KILL:when=3',
      'fsync:signal=KILL:when=4',
      'fdatasync:signal=KILL:when=2',
    ]) {
      await inDirectory(async (directory) => {
        const logs = join(directory, 'logs')
        const writing = { path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' }, count: 2, together: 1, size: 500 }
        const killed = await traced(writing, '/dev/null', [step])
        expect(delivered(killed.said), step).to.deep.equal(['0'])
        const { said } = await written(writing)
        expect(said, step).to.deep.equal(['delivered 0', 'delivered 1'])
        const ids = await everyId(logs)
        expect(
          ids.filter((id) => id === '0'),
          step,
        ).to.have.length(2)
        expect(ids.at(-1), step).to.equal('1')
      })
    }
  })
})
