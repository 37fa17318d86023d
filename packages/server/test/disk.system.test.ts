import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as passed } from 'node:timers/promises'
import { expect } from 'chai'
import { brokenPromises } from './crash/broken-promises.ts'
import { createLoadClient } from './crash/load-client.ts'
import { skipWithout, whyNotRunnable } from './crash/skip-without.ts'
import { createTestbed } from './crash/testbed.ts'
import { type ProgramServer, type RunningProgram, runProgram, startProgram, tempDirectory, withServer } from './program.ts'

// Each suite mounts a small disk, which it can fill and make read-only.

const MiB = 2 ** 20
const POLL_INTERVAL_MS = 50
// More than the disk can hold.
const MAX_OKS = 2_000

/** Mounts a disk of 64 MiB; `change` remounts it with other options. */
const mounted = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-disk-'))
  const problem = whyNotRunnable('mount', '-t', 'tmpfs', '-o', 'size=64m', 'callboard-test', dir)
  return {
    dir,
    problem,
    change: (options: string) => spawnSync('mount', ['-o', `remount,${options}`, dir]),
    remove: async () => {
      if (problem === undefined) spawnSync('umount', [dir])
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** The answer of the readiness check. */
const readiness = async ({ adminUrl }: ProgramServer) => {
  const response = await fetch(`${adminUrl}/health/ready`)
  return { status: response.status, text: await response.text() }
}

describe('the disk of the built program’s journal', () => {
  let disk: Awaited<ReturnType<typeof mounted>>
  before(async function () {
    disk = await mounted()
    skipWithout(this, disk.problem)
  })
  after(() => disk?.remove())

  it('when full: no false OK, readiness names the reason, stored events are delivered, and free space makes it ready again [F08]', async () => {
    const filler = join(disk.dir, 'filler')
    await writeFile(filler, Buffer.alloc(24 * MiB))
    const stage = await createTestbed({ journal: join(disk.dir, 'callboard.db') })
    const client = createLoadClient()
    try {
      const server = await stage.start()
      expect((await readiness(server)).status).to.equal(200)
      const { oks, refused } = await client.load(server.url, {
        connections: 16,
        keys: 8,
        padding: 20_000,
        answered: (soFar, refusals) => refusals === 0 && soFar < MAX_OKS,
      })
      expect(oks).to.be.above(0)
      expect(new Set(refused)).to.deep.equal(new Set([503]))
      const { status, text } = await readiness(server)
      expect(status).to.equal(503)
      expect(JSON.parse(text)).to.deep.equal({ status: 'unavailable', reasons: ['the journal does not accept events (full)'] })
      const stored = new Set((await stage.evidence(client.acknowledged)).stored.map(({ serial }) => serial))
      expect([...client.acknowledged].filter((serial) => !stored.has(serial))).to.deep.equal([])

      await stage.drained()
      expect((await readiness(server)).status).to.equal(503)

      await rm(filler)
      while ((await readiness(server)).status !== 200) await passed(POLL_INTERVAL_MS)
      await client.resend(server.url)
      await stage.drained()
      expect(brokenPromises(await stage.evidence(client.acknowledged))).to.deep.equal([])
      expect((await server.stop('SIGTERM')).code).to.equal(0)
    } finally {
      await stage.close()
    }
  })

  it('when read-only: `start` exits 77 and names the path and the error [F10]', async () => {
    disk.change('ro')
    const stage = await createTestbed({ journal: join(disk.dir, 'other', 'callboard.db') })
    const beside = await createTestbed({ journal: join(disk.dir, 'other.db') })
    try {
      for (const { dir } of [stage, beside]) {
        const { code, err } = await runProgram(['start'], { cwd: dir })
        expect(code).to.equal(77)
        expect(err)
          .to.match(/^cannot open the journal \S+: EROFS, [^\n]+\n$/)
          .and.to.contain(disk.dir)
      }
    } finally {
      disk.change('rw')
      await stage.close()
      await beside.close()
    }
  })
})

describe('`callboard start`', () => {
  const config = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
routes: { "*": [log] }
`
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let started: RunningProgram | undefined
  beforeEach(async () => {
    place = await tempDirectory(config)
  })
  afterEach(async () => {
    started?.child.kill('SIGKILL')
    await started?.ended
    await place.remove()
  })
  const start = (env: NodeJS.ProcessEnv = {}) => {
    started = startProgram(['start'], { cwd: place.dir, env })
    return started.ended
  }

  it('exits 74 for a journal of a newer version, and names both versions [F12]', async () => {
    const db = new DatabaseSync(join(place.dir, 'callboard.db'))
    db.exec(`PRAGMA application_id = ${0x43425244}; PRAGMA user_version = 99`)
    db.close()
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.match(
      /^cannot open the journal \S+callboard\.db: its tables have version 99, and this Callboard supports version \d+; run the Callboard that wrote it, or move the file away/,
    )
  })

  it('exits 74 for a database of another program, and does not change it', async () => {
    const db = new DatabaseSync(join(place.dir, 'callboard.db'))
    db.exec('CREATE TABLE theirs (x)')
    db.close()
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.contain('the file is a database of another program')
  })

  it('exits 74 with one sentence for a file that is no database, and leaves no lock file', async () => {
    await writeFile(join(place.dir, 'callboard.db'), 'not a database, whatever its name says'.repeat(99))
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.match(/^cannot open the journal \S+callboard\.db: SQLITE_NOTADB, the file is not a database; [^\n]*\n$/)
    expect(await readdir(place.dir)).not.to.include('callboard.db.lock')
  })

  for (const [text, message] of [
    ['append:never=kill', 'CALLBOARD_FAILPOINT: unknown failpoint "append:never"; expected one of: append:before-commit'],
    ['append:after-commit=explode', 'CALLBOARD_FAILPOINT: invalid failpoint "append:after-commit=explode"; write name='],
  ] as const) {
    it(`exits 64 with one sentence for the failpoint ${text}`, async () => {
      const { code, err } = await start({ CALLBOARD_FAILPOINT: text })
      expect(code).to.equal(64)
      expect(err)
        .to.match(/^[^\n]+\n$/)
        .and.to.contain(message)
    })
  }

  it('logs a warning that names each armed failpoint', () =>
    withServer(
      config,
      async ({ stop }) => expect((await stop()).out).to.match(/"level":40[^\n]*append:after-commit[^\n]*failpoints armed/),
      { CALLBOARD_FAILPOINT: 'append:after-commit:3=kill' },
    ))
})
