import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { findFileProblem } from '@callboard/sinks'
import { expect } from 'chai'
import { skipTest } from '../skip-test.ts'
import { delivery, errorOf, event, idsOf, neverAborted, withFileSink, withTemporaryDirectory } from './file-sink-fixture.ts'

const writeOne = (path: string, id = '1') =>
  withFileSink({ path }, async (writer) => void (await writer.write(delivery({ id }), neverAborted())))

const makePipe = (path: string) => expect(spawnSync('mkfifo', [path]).status).to.equal(0)

describe('file sink at a path that is no regular file', () => {
  it('delivers to /dev/null', async () => {
    expect(await findFileProblem('/dev/null')).to.equal(undefined)
    await withFileSink({ path: '/dev/null' }, async (writer) => {
      for (const _ of [1, 2, 3]) await writer.write(delivery(), neverAborted())
    })
  })

  it('delivers each line once to the reader of a named pipe, also more than the pipe holds', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'pipe')
      makePipe(path)
      const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] })
      const chunks: Buffer[] = []
      const closed = once(reader, 'close')
      reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      const ids = Array.from({ length: 40 }, (_, each) => String(each))
      await withFileSink({ path }, async (writer) => {
        // The reader needs a moment to open the pipe.
        const writeFirst = async (): Promise<void> => {
          try {
            await writer.write(delivery({ id: 'first' }), neverAborted())
          } catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error
            return writeFirst()
          }
        }
        await writeFirst()
        await Promise.all(ids.map((id) => writer.write(delivery({ id, body: { text: 'x'.repeat(10_000) } }), neverAborted())))
      })
      await closed
      const lines = Buffer.concat(chunks).toString().trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line).id)).to.deep.equal(['first', ...ids])
    }))

  it('rejects a write to a named pipe without a reader at once, and says to start its reader', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'pipe')
      makePipe(path)
      expect(await findFileProblem(path)).to.equal(undefined)
      expect((await errorOf(writeOne(path))).message).to.equal(
        `cannot write to ${path}: no program reads this named pipe; start its reader`,
      )
    }))

  it('refuses the standard streams, also behind symbolic links, and names `use: log`', () =>
    withTemporaryDirectory(async (directory) => {
      await symlink('/dev/stdout', join(directory, 'link.log'))
      await symlink('/dev/fd', join(directory, 'linked'))
      const linked = [join(directory, 'link.log'), join(directory, 'linked/1')]
      for (const path of ['/dev/stdout', '/dev/stderr', '/dev/fd/1', '/proc/self/fd/1', ...linked]) {
        const message = `cannot write to ${path}: it is a stream of this process; use \`use: log\` for standard output`
        expect(await findFileProblem(path)).to.equal(message)
        expect((await errorOf(writeOne(path))).message).to.equal(message)
      }
    }))

  it('refuses a directory and a socket in plain words', () =>
    withTemporaryDirectory(async (directory) => {
      const socket = join(directory, 'socket')
      const server = createServer().listen(socket)
      await once(server, 'listening')
      try {
        for (const [path, cause] of [
          [directory, 'it is a directory; name a file in it, or choose another path'],
          [socket, 'it is a socket; choose another path'],
        ] as const) {
          expect(await findFileProblem(path)).to.equal(`cannot write to ${path}: ${cause}`)
          expect((await errorOf(writeOne(path))).message).to.equal(`cannot write to ${path}: ${cause}`)
        }
      } finally {
        server.close()
      }
    }))

  it('refuses a block device and does not change it', function () {
    return withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'disk')
      // The number of a RAM disk that does not exist.
      if (spawnSync('mknod', [path, 'b', '1', '250']).status !== 0) return skipTest(this, 'this process cannot make a device')
      expect((await errorOf(writeOne(path))).message).to.match(/it is a block device, such as a disk; choose another path$/)
      expect(await findFileProblem(path)).to.match(/it is a block device/)
    })
  })

  it('follows symbolic links that the operator named, also to a missing file, and rotates the file behind them', () =>
    withTemporaryDirectory(async (directory) => {
      const real = join(directory, 'real')
      await mkdir(real)
      await symlink(join(real, 'audit.jsonl'), join(directory, 'inner'))
      await symlink('inner', join(directory, 'link.jsonl'))
      const path = join(directory, 'link.jsonl')
      expect(await findFileProblem(path)).to.equal(undefined)
      await writeOne(path, '1')
      await withFileSink({ path, rotate: { size: '1KiB' } }, async (writer) => {
        await writer.write(delivery({ id: '2', body: { text: 'x'.repeat(1_000) } }), neverAborted())
      })
      const names = (await readdir(real)).toSorted()
      expect(names).to.have.length(2)
      expect(await idsOf(...names.toReversed().map((name) => join(real, name)))).to.deep.equal(['1', '2'])
      expect((await readdir(directory)).toSorted()).to.deep.equal(['inner', 'link.jsonl', 'real'])
    }))

  it('refuses symbolic links in a loop', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'a')
      await symlink('b', path)
      await symlink('a', join(directory, 'b'))
      expect(await findFileProblem(path)).to.equal(`cannot write to ${path}: its symbolic links form a loop; correct the links`)
    }))

  it('rejects a write below /proc, where nothing can be made, instead of trying for ever', async () => {
    expect((await errorOf(writeOne('/proc/nope/deep/audit.jsonl'))).code).to.equal('ENOENT')
  })

  it('gives new files and directories to the owner of the directory if root runs the sink', function () {
    if (process.geteuid?.() !== 0) return skipTest(this, 'only root can give a file to another user')
    return withTemporaryDirectory(async (directory) => {
      const home = join(directory, 'home')
      await mkdir(home)
      spawnSync('chown', ['65534:65533', home])
      await writeOne(join(home, 'logs/deep/{command}.jsonl'))
      await writeOne(join(home, 'audit.jsonl'))
      for (const name of ['logs', 'logs/deep', `logs/deep/${event.command}.jsonl`, 'audit.jsonl']) {
        const { uid, gid, mode } = await stat(join(home, name))
        expect([uid, gid, (mode & 0o777 & ~0o750) === 0], name).to.deep.equal([65_534, 65_533, true])
      }
      await rm(home, { recursive: true })
    })
  })
})
