import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as passed } from 'node:timers/promises'
import { expect } from 'chai'
import { createClient } from './crash/client.ts'
import { cannotRun, needs } from './crash/services.ts'
import { createStage, startServer } from './crash/stage.ts'
import { brokenPromises } from './crash/verify.ts'
import { runProgram, type Started, startProgram, workplace } from './program.ts'

// A small disk of its own, so that it can be filled and made read-only without harm.

const MiB = 2 ** 20
const LOOK_AGAIN = 50
// More than the disk could ever hold.
const MOST = 2_000

/** Mounts a disk of 64 MiB; `change` remounts it with other options. */
const mounted = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-disk-'))
  const problem = cannotRun('mount', '-t', 'tmpfs', '-o', 'size=64m', 'callboard-test', dir)
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

describe('the disk under the journal of the real program', function () {
  this.timeout(60_000)
  let disk: Awaited<ReturnType<typeof mounted>>
  before(async function () {
    disk = await mounted()
    needs(this, disk.problem)
  })
  after(() => disk?.remove())

  it('full: no false OK, `ready` says why, what is stored is delivered, and with space it takes callbacks again by itself', async () => {
    const filler = join(disk.dir, 'filler')
    await writeFile(filler, Buffer.alloc(24 * MiB))
    const stage = await createStage({ journal: join(disk.dir, 'callboard.db') })
    const client = createClient()
    try {
      const server = await stage.start()
      expect((await server.ready()).status).to.equal(200)
      const { oks, refused } = await client.load(server.url, {
        connections: 16,
        keys: 8,
        padding: 20_000,
        answered: (soFar, refusals) => refusals === 0 && soFar < MOST,
      })
      expect(oks).to.be.above(0)
      expect(new Set(refused)).to.deep.equal(new Set([503]))
      const { status, text } = await server.ready()
      expect(status).to.equal(503)
      expect(JSON.parse(text)).to.deep.equal({ status: 'unavailable', reasons: ['the journal does not take events (full)'] })
      const stored = new Set((await stage.evidence(client.promised)).kept.map(({ serial }) => serial))
      expect([...client.promised].filter((serial) => !stored.has(serial))).to.deep.equal([])

      await stage.drained()
      expect((await server.ready()).status).to.equal(503)

      await rm(filler)
      while ((await server.ready()).status !== 200) await passed(LOOK_AGAIN)
      await client.repeat(server.url)
      await stage.drained()
      expect(brokenPromises(await stage.evidence(client.promised))).to.deep.equal([])
      server.child.kill('SIGTERM')
      expect((await server.ended).code).to.equal(0)
    } finally {
      await stage.close()
    }
  })

  it('read-only: the program does not start, and says which place and why, exit 77', async () => {
    disk.change('ro')
    const stage = await createStage({ journal: join(disk.dir, 'other', 'callboard.db') })
    const beside = await createStage({ journal: join(disk.dir, 'other.db') })
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

describe('a journal that the program cannot take', () => {
  const config = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
routes: { "*": [log] }
`
  let place: Awaited<ReturnType<typeof workplace>>
  let started: Started | undefined
  beforeEach(async () => {
    place = await workplace(config)
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

  it('of a newer version: exit 74, naming both versions', async () => {
    const db = new DatabaseSync(join(place.dir, 'callboard.db'))
    db.exec(`PRAGMA application_id = ${0x43425244}; PRAGMA user_version = 99`)
    db.close()
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.match(
      /^the journal \S+callboard\.db has version 99, this Callboard knows version \d+: run the Callboard that wrote it, or move the file away/,
    )
  })

  it('that is a database of something else: exit 74, and it is left alone', async () => {
    const db = new DatabaseSync(join(place.dir, 'callboard.db'))
    db.exec('CREATE TABLE theirs (x)')
    db.close()
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.contain('the file is a database of something else')
  })

  it('that is no database: exit 74 in one sentence', async () => {
    await writeFile(join(place.dir, 'callboard.db'), 'not a database, whatever its name says'.repeat(99))
    const { code, err } = await start()
    expect(code).to.equal(74)
    expect(err).to.match(/^[^\n]*not a database[^\n]*\n$/)
  })

  for (const [text, message] of [
    ['append:never=kill', "CALLBOARD_FAILPOINT: failpoint 'append:never' is unknown; there are append:before-commit"],
    ['append:after-commit=explode', "CALLBOARD_FAILPOINT: failpoint 'append:after-commit=explode' is not of the form"],
  ] as const) {
    it(`with the failpoint ${text}: exit 64 in one sentence`, async () => {
      const { code, err } = await start({ CALLBOARD_FAILPOINT: text })
      expect(code).to.equal(64)
      expect(err)
        .to.match(/^[^\n]+\n$/)
        .and.to.contain(message)
    })
  }

  it('with a failpoint that is armed, says so', async () => {
    const server = await startServer({ cwd: place.dir, env: { CALLBOARD_FAILPOINT: 'append:after-commit:3=kill' } })
    server.child.kill('SIGKILL')
    expect((await server.ended).out).to.match(/"level":40[^\n]*append:after-commit[^\n]*failpoints armed/)
  })
})
