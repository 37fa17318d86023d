import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { skipTest } from '../skip-test.ts'
import { delivery, errorOf, idsOf, neverAborted, withFileSink, withTemporaryDirectory } from './file-sink-fixture.ts'
import { runSinkProcess, runTracedSinkProcess, straceProblem } from './sink-process.ts'

const NOBODY = 65_534
const START = Date.UTC(2026, 10, 23, 10)

const sequentialIds = (count: number): readonly string[] => Array.from({ length: count }, (_, each) => String(each))
const deliveredIds = (output: readonly string[]): readonly string[] => output.flatMap((line) => /^delivered (\d+)$/.exec(line)?.[1] ?? [])
const failureLines = (output: readonly string[]): readonly string[] => output.filter((line) => line.startsWith('failed'))

/** Returns the event ids in the rotated files and in the current file, in the order of writing. Throws if a line is incomplete. */
const idsInDirectory = async (directory: string): Promise<readonly string[]> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort()
  const paths = names.map((name) => join(directory, name))
  const nonEmpty = await Promise.all(paths.map(async (path) => ((await stat(path)).size > 0 ? [path] : [])))
  const [current = '', ...rotated] = nonEmpty.flat()
  return idsOf(...rotated, current)
}

/** Calls `work` as the user nobody if this process runs as root, because root ignores file permissions. */
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

describe('file sink with disk faults and process crashes', () => {
  it('keeps all delivered lines complete on a full disk and writes again after space is freed [F36]', function () {
    return withTemporaryDirectory(async (directory) => {
      const disk = join(directory, 'disk')
      await mkdir(disk)
      const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
      if (mount.status !== 0) return skipTest(this, 'this process cannot mount a file system')
      try {
        const writtenIds: string[] = []
        await writeFile(join(disk, 'ballast'), Buffer.alloc(16_384))
        await withFileSink({ path: join(disk, 'audit.jsonl') }, async (writer) => {
          const write = async (id: string) => {
            await writer.write(delivery({ id, body: { text: 'x'.repeat(3_000) } }), neverAborted())
            writtenIds.push(id)
          }
          const fillDisk = async () => {
            for (let id = writtenIds.length; ; id += 1) await write(String(id))
          }
          expect((await errorOf(fillDisk())).code).to.equal('ENOSPC')
          expect(writtenIds.length).to.be.above(5)
          expect(await idsInDirectory(disk)).to.deep.equal(writtenIds)
          expect((await errorOf(write('again'))).code).to.equal('ENOSPC')
          await rm(join(disk, 'ballast'))
          await write(String(writtenIds.length))
        })
        expect(await idsInDirectory(disk)).to.deep.equal(writtenIds)
      } finally {
        spawnSync('umount', [disk])
      }
    })
  })

  it('rejects writes while its directory is not writable and writes again after the permissions are restored', () =>
    withTemporaryDirectory((directory) =>
      asNobody(directory, async () => {
        const logs = join(directory, 'logs')
        await withFileSink({ path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' } }, async (writer) => {
          const write = (id: string) => writer.write(delivery({ id, body: { text: 'x'.repeat(900) } }), neverAborted())
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
        expect(await idsInDirectory(logs)).to.deep.equal(['1', '2'])
        expect(await readdir(logs)).to.have.length(2)
      }),
    ))

  it('logs a warning and continues to write if it cannot remove an old rotated file', function () {
    if (process.getuid?.() !== 0) return skipTest(this, 'only root can create a file that another user cannot remove')
    return withTemporaryDirectory(async (directory) => {
      const logs = join(directory, 'logs')
      await mkdir(logs)
      await writeFile(join(logs, 'audit@2020-01-01T00-00-00-000Z.jsonl'), '{"id":"old"}\n')
      // In a directory with the sticky bit, only the owner of a file can remove it. Root owns the file above.
      await chmod(logs, 0o1777)
      const warnings: unknown[] = []
      const { now, jump } = manualClock(START)
      await asNobody(directory, () =>
        withFileSink(
          { path: join(logs, 'audit.jsonl'), rotate: { every: 'day', keep: 1 } },
          async (writer) => {
            await writer.write(delivery({ id: '1' }), neverAborted())
            jump(86_400_000)
            await writer.write(delivery({ id: '2' }), neverAborted())
          },
          { now, log: { ...silentLog, warn: (fields, message) => warnings.push([message, fields]) } },
        ),
      )
      expect(await idsInDirectory(logs)).to.deep.equal(['old', '1', '2'])
      expect(JSON.stringify(warnings)).to.match(/^\[\["failed to remove rotated files",.*EPERM/)
    })
  })

  it('rejects the write if a file sync, a rename or a directory sync fails, and the retry stores the line exactly once', async function () {
    const problem = straceProblem()
    if (problem) return skipTest(this, problem)
    for (const [fault, code] of [
      ['fdatasync:error=EIO:when=2', 'EIO'],
      ['rename:error=EACCES:when=1', 'EACCES'],
      ['fsync:error=EIO:when=3', 'EIO'],
    ] as const) {
      await withTemporaryDirectory(async (directory) => {
        const logs = join(directory, 'logs')
        const job = { path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' }, count: 4, concurrency: 1, textBytes: 500 }
        const { output, exitCode } = await runTracedSinkProcess(job, '/dev/null', [fault])
        expect(exitCode, fault).to.equal(0)
        expect(failureLines(output), fault).to.deep.equal([`failed 1 ${code}`])
        expect(deliveredIds(output), fault).to.deep.equal(sequentialIds(4))
        expect(await idsInDirectory(logs), fault).to.deep.equal(sequentialIds(4))
        expect(await readdir(logs), fault).to.have.length(4)
      })
    }
  })

  it('syncs the line and the directory entry before it reports delivery, also after a rotation', async function () {
    const problem = straceProblem()
    if (problem) return skipTest(this, problem)
    await withTemporaryDirectory(async (directory) => {
      const trace = join(directory, 'trace')
      const logs = join(directory, 'logs')
      const path = join(logs, 'audit.jsonl')
      await runTracedSinkProcess({ path, rotate: { size: '1KiB' }, count: 2, concurrency: 1, textBytes: 500 }, trace)
      const steps = (await readFile(trace, 'utf8')).split('\n').flatMap((line) => {
        if (/write\(1<.*delivered/.test(line)) return ['report']
        const [, call = '', args = ''] = /^\d+ +(\w+)\((.*)/.exec(line) ?? []
        if (call === 'openat') return args.includes(`"${path}"`) ? ['open'] : []
        if (call === 'rename') return args.startsWith(`"${path}"`) ? ['rename'] : []
        if (args.includes(`<${path}>`)) return [call]
        return args.includes(`<${logs}>`) ? [`${call} directory`] : args.includes(`<${directory}>`) ? [`${call} parent`] : []
      })
      const stepsPerFile = ['open', 'fsync directory', 'write', 'fdatasync', 'report']
      expect(steps).to.deep.equal(['fsync parent', ...stepsPerFile, 'rename', 'fsync directory', ...stepsPerFile])
    })
  })

  it('contains all delivered lines and only complete lines after SIGKILL during writes [F36]', () =>
    withTemporaryDirectory(async (directory) => {
      const logs = join(directory, 'logs')
      const path = join(logs, 'audit.jsonl')
      const reportedIds = new Set<string>()
      for (const linesBeforeKill of [20, 60, 110]) {
        let lineCount = 0
        const job = { path, rotate: { size: '1MiB' }, count: 1_000_000, concurrency: 16, textBytes: 100_000 }
        const { output, signal } = await runSinkProcess(job, (_, child) => {
          lineCount += 1
          if (lineCount === linesBeforeKill) child.kill('SIGKILL')
        })
        expect(signal).to.equal('SIGKILL')
        expect(failureLines(output)).to.deep.equal([])
        for (const id of deliveredIds(output)) reportedIds.add(id)
      }
      await withFileSink({ path }, (writer) => Promise.resolve(writer.write(delivery({ id: 'last' }), neverAborted())).then(() => {}))
      const storedIds = new Set(await idsInDirectory(logs))
      expect(storedIds.has('last')).to.equal(true)
      expect([...reportedIds].filter((id) => !storedIds.has(id))).to.deep.equal([])
    }))

  it('contains all delivered lines after SIGKILL at any step of a rotation', async function () {
    const problem = straceProblem()
    if (problem) return skipTest(this, problem)
    for (const fault of [
      'rename:signal=KILL:when=1',
      'fsync:signal=KILL:when=3',
      'fsync:signal=KILL:when=4',
      'fdatasync:signal=KILL:when=2',
    ]) {
      await withTemporaryDirectory(async (directory) => {
        const logs = join(directory, 'logs')
        const job = { path: join(logs, 'audit.jsonl'), rotate: { size: '1KiB' }, count: 2, concurrency: 1, textBytes: 500 }
        const killedProcess = await runTracedSinkProcess(job, '/dev/null', [fault])
        expect(deliveredIds(killedProcess.output), fault).to.deep.equal(['0'])
        const { output } = await runSinkProcess(job)
        expect(output, fault).to.deep.equal(['delivered 0', 'delivered 1'])
        const ids = await idsInDirectory(logs)
        expect(
          ids.filter((id) => id === '0'),
          fault,
        ).to.have.length(2)
        expect(ids.at(-1), fault).to.equal('1')
      })
    }
  })
})
