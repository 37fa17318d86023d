import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { skipWithout } from './crash/skip-without.ts'
import { bin, linesOf, runProgram, startProgram, startServer, tempDirectory } from './program.ts'

const TOKEN = 'T'
const yaml = (journal: string, sink = '{ use: log }') => `
apps: [{ sdkAppId: 1400000000, tokens: [${TOKEN}] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ${journal} }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { out: ${sink} }
routes: { "*": [out] }
`

const inDirectory = async (config: string, work: (dir: string) => Promise<void>) => {
  const { dir, remove } = await tempDirectory(config)
  try {
    await work(dir)
  } finally {
    await remove()
  }
}

describe('the files of the journal and of the file sink, as the built program makes them', () => {
  it('exit 75 with the id of the first process for a second start under any other name of the journal [F11]', () =>
    inDirectory(yaml('./real/j.db'), async (dir) => {
      const server = await startServer({ cwd: dir })
      try {
        symlinkSync('real/j.db', join(dir, 'link.db'))
        symlinkSync('real', join(dir, 'directory'))
        for (const name of ['./link.db', './directory/j.db', './real/../directory/../link.db', join(dir, 'link.db')]) {
          await writeFile(join(dir, 'other.yaml'), yaml(name))
          const { code, err } = await runProgram(['-c', 'other.yaml', 'start'], { cwd: dir })
          expect(code, name).to.equal(75)
          expect(err, name).to.include(`process ${server.child.pid}`)
          expect((await runProgram(['-c', 'other.yaml', 'journal', 'verify'], { cwd: dir })).code, name).to.equal(0)
        }
        linkSync(join(dir, 'real/j.db'), join(dir, 'hard.db'))
        await writeFile(join(dir, 'other.yaml'), yaml('./hard.db'))
        for (const args of [['start'], ['events', 'list'], ['journal', 'verify'], ['journal', 'backup', 'b.db']]) {
          const { code, err } = await runProgram(['-c', 'other.yaml', ...args], { cwd: dir })
          expect(code, args.join(' ')).to.equal(args[0] === 'start' ? 73 : 74)
          expect(err, args.join(' ')).to.include('2 names (hard links)').and.include('remove all but one')
        }
      } finally {
        await server.stop('SIGTERM')
      }
    }))

  it('exit 73 with path and cause for a journal path that cannot be made [F10]', () =>
    inDirectory('', async (dir) => {
      await writeFile(join(dir, 'file'), '')
      for (const [path, cause] of [
        ['/proc/nope/x.db', 'ENOENT'],
        [join(dir, 'file/below/x.db'), 'ENOTDIR'],
        [join(dir, 'x'.repeat(300), 'x.db'), 'ENAMETOOLONG'],
        [join(dir, `${'x'.repeat(300)}.db`), 'ENAMETOOLONG'],
        [dir, 'EISDIR'],
      ] as const) {
        await writeFile(join(dir, 'callboard.yaml'), yaml(path))
        const { code, err } = await runProgram(['start'], { cwd: dir })
        expect([code, err.includes(cause)], `${path}: ${err}`).to.deep.equal([73, true])
        expect(err).to.match(/cannot open the journal \//)
      }
    }))

  it('end at once on SIGTERM while the opening of the journal hangs', () =>
    inDirectory(yaml('./callboard.db'), async (dir) => {
      // The opening of a named pipe without a reader blocks.
      expect(spawnSync('mkfifo', [join(dir, 'callboard.db.reserve')]).status).to.equal(0)
      const program = startProgram(['start'], { cwd: dir })
      const isOpening = async (): Promise<void> => {
        if (statSync(join(dir, 'callboard.db'), { throwIfNoEntry: false })?.size) return
        await new Promise((resolve) => setTimeout(resolve, 20))
        return isOpening()
      }
      await isOpening()
      const asked = performance.now()
      program.child.kill('SIGTERM')
      expect((await program.ended).code).to.equal(0)
      expect(performance.now() - asked).to.be.below(5_000)
    }))

  it('belong to the owner of their directory if root tests a sink and starts the server before the service user does', async function () {
    skipWithout(this, process.getuid?.() === 0 ? undefined : 'only root can give a file to another user')
    await inDirectory(yaml('./data/callboard.db', '{ use: file, path: ./data/logs/out.jsonl }'), async (dir) => {
      mkdirSync(join(dir, 'data'), { mode: 0o750 })
      chownSync(join(dir, 'data'), 65_534, 65_533)
      expect((await runProgram(['sinks', 'test', 'out'], { cwd: dir })).code).to.equal(0)
      const server = await startServer({ cwd: dir })
      await server.stop('SIGTERM')
      for (const name of ['logs', 'logs/out.jsonl', 'callboard.db', 'callboard.db.lock', 'callboard.db.reserve']) {
        const { uid, gid, mode } = statSync(join(dir, 'data', name))
        expect([uid, gid, mode & 0o007], name).to.deep.equal([65_534, 65_533, 0])
      }
    })
  })

  it('warn once at the start if every user can read the journal, and keep its mode', () =>
    inDirectory(yaml('./callboard.db'), async (dir) => {
      const first = await startServer({ cwd: dir })
      expect((await first.stop('SIGTERM')).out).not.to.include('every user can read the journal')
      chmodSync(join(dir, 'callboard.db'), 0o644)
      const second = await startServer({ cwd: dir })
      const { out, err } = await second.stop('SIGTERM')
      expect(`${out}${err}`.split('every user can read the journal')).to.have.length(2)
      expect(statSync(join(dir, 'callboard.db')).mode & 0o777).to.equal(0o644)
    }))

  it('say which user can read a stopped journal if this user may not write its directory', async function () {
    skipWithout(this, process.getuid?.() === 0 ? undefined : 'only root can run a program as another user')
    await inDirectory(yaml('./data/callboard.db'), async (dir) => {
      const server = await startServer({ cwd: dir })
      await server.stop('SIGTERM')
      chmodSync(dir, 0o755)
      chmodSync(join(dir, 'data'), 0o755)
      chmodSync(join(dir, 'data/callboard.db'), 0o644)
      const config = await readFile(join(dir, 'callboard.yaml'), 'utf8')
      expect(config).to.include('data/callboard.db')
      for (const args of [
        ['events', 'list'],
        ['journal', 'verify'],
        ['journal', 'stats'],
        ['journal', 'backup', '/tmp/never.db'],
      ]) {
        const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, bin, ...args]
        const [command = '', ...rest] = asNobody
        const { status, stderr } = spawnSync(command, rest, { cwd: dir, encoding: 'utf8' })
        expect(status, `${args.join(' ')}: ${stderr}`).to.equal(77)
        expect(stderr).to.include('run this command as the user with id 0').and.not.include('attempt to write')
      }
    })
  })

  it('say to every command of a user who may not enter their directory what to do, without the call of the system', async function () {
    if (process.getuid?.() !== 0) return this.skip()
    await inDirectory(yaml('./data/callboard.db'), async (dir) => {
      const server = await startServer({ cwd: dir })
      await server.stop('SIGTERM')
      chmodSync(dir, 0o755)
      for (const args of [['events', 'list'], ['tail'], ['dead', 'list'], ['journal', 'verify'], ['start']]) {
        const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, bin, ...args]
        const { status, stderr } = spawnSync('setpriv', asNobody, { cwd: dir, encoding: 'utf8' })
        expect(status, `${args.join(' ')}: ${stderr}`).to.equal(77)
        expect(stderr).to.equal(
          `cannot open the journal ${join(dir, 'data')}: EACCES, permission denied; run this command as its owner, or give this user the right to use it\n`,
        )
      }
    })
  })

  it('are refused by check, beside a file sink in their directory, for a user who may not enter it', async function () {
    if (process.getuid?.() !== 0) return this.skip()
    await inDirectory(yaml('./data/callboard.db', '{ use: file, path: ./data/out.jsonl }'), async (dir) => {
      mkdirSync(join(dir, 'data'), { mode: 0o700 })
      chmodSync(dir, 0o755)
      const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, bin, 'check']
      const { status, stderr } = spawnSync('setpriv', asNobody, { cwd: dir, encoding: 'utf8' })
      expect(status, stderr).to.equal(78)
      expect(stderr)
        .to.include(`cannot open the journal ${join(dir, 'data')}: EACCES, permission denied; run this command as its owner`)
        .and.include(`cannot write to ${join(dir, 'data/out.jsonl')}: EACCES; give this user the right to write, or choose another path`)
    })
  })

  it('say how many events a prune kept for the sake of duplicates and of pending deliveries', () =>
    inDirectory(yaml('./callboard.db', '{ use: file, path: ./out.jsonl }'), async (dir) => {
      const server = await startServer({ cwd: dir })
      try {
        const sent = await server.callboard(
          'send',
          'Group.CallbackAfterGroupDestroyed',
          '--to',
          server.url,
          '--token',
          TOKEN,
          '--count',
          '3',
          '--set',
          'GroupId=@{n}',
        )
        expect(sent.code, sent.err).to.equal(0)
        const prune = (...flags: string[]) =>
          server.callboard('journal', 'prune', '--delivered', '0s', '--admin', server.adminUrl, ...flags)
        const delivered = async (): Promise<void> => {
          const [result] = linesOf((await prune('--json')).out)
          if (result?.kept?.recent === 3) expect(result).to.deep.equal({ removed: 0, left: 3, kept: { recent: 3, pending: 0 } })
          else return delivered()
        }
        await delivered()
        expect((await prune()).out).to.equal(
          'removed 0 events; 3 left\nkept 3 events of the last 10 minutes, in which duplicates are recognized\n',
        )
      } finally {
        await server.stop()
      }
    }))
})
