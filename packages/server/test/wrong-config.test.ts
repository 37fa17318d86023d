import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runProgram, tempDirectory } from './program.ts'

const yaml = `apps:
  - sdkAppId: 1400000000
    tokens: ["\${env:NOT_SET_ANYWHERE}"]
journl: { use: sqlite }
plugins: ["@callboard/plugin-group-destroyed", ./another.mjs]
sinks:
  log: { use: log }
  audit: { use: file, pth: ./x.jsonl }
routes:
  "*": [log, missing]
`
const another = `import { definePlugin, struct } from '@callboard/core'
export default definePlugin({ command: 'Group.CallbackAfterGroupDestroyed', title: 'another', body: struct({}), sample: {} })
`

describe('a wrong configuration of the built program', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  before(async () => {
    place = await tempDirectory(yaml)
    // The plugin's own import must resolve as it would beside an installed Callboard.
    const modules = join(place.dir, 'node_modules/@callboard')
    await mkdir(modules, { recursive: true })
    const { symlink } = await import('node:fs/promises')
    const { fileURLToPath } = await import('node:url')
    await symlink(fileURLToPath(new URL('../../core', import.meta.url)), join(modules, 'core'))
    await writeFile(join(place.dir, 'another.mjs'), another)
  })
  after(() => place.remove())

  const expected = [
    /^callboard\.yaml:3:14: .*NOT_SET_ANYWHERE/m,
    /^callboard\.yaml:4:1: unknown key "journl", did you mean "journal"\?/m,
    /^callboard\.yaml:5:48: .*two different plugins declare Group\.CallbackAfterGroupDestroyed/m,
    /^callboard\.yaml:8:23: .*unknown key "pth", did you mean "path"\?/m,
    /^callboard\.yaml:10:14: .*no sink is called "missing"/m,
  ]

  for (const command of [['start'], ['check']]) {
    it(`${command.join(' ')} exits 78 and prints every problem with file, line and column [F95]`, async () => {
      const { code, err } = await runProgram(command, { cwd: place.dir })
      for (const each of expected) expect(err).to.match(each)
      expect(code).to.equal(78)
    })
  }

  it('start without a configuration exits 78 and says what to do', async () => {
    const empty = await tempDirectory()
    const { code, err } = await runProgram(['start'], { cwd: empty.dir })
    await empty.remove()
    expect(code).to.equal(78)
    expect(err)
      .to.match(/callboard init/)
      .and.match(/start --demo/)
  })

  it('init writes a valid configuration, and never overwrites one', async () => {
    const empty = await tempDirectory()
    const run = (...args: string[]) => runProgram(args, { cwd: empty.dir, env: { CALLBOARD_TOKEN: 'T' } })
    expect((await run('init')).code).to.equal(0)
    expect(await run('check')).to.include({ code: 0, err: '' })
    expect((await run('init')).code).to.equal(73)
    await empty.remove()
  })

  it('a wrong command line exits 64', async () => {
    for (const args of [['strat'], ['start', '--nope'], ['send'], ['events', 'list', '--state', 'lost']]) {
      expect((await runProgram(args, { cwd: place.dir })).code, args.join(' ')).to.equal(64)
    }
  })

  it('config print masks every secret', async () => {
    const canary = 'canary-9f27c1'
    const good = await tempDirectory(`
apps: [{ sdkAppId: 1, tokens: ["${canary}"] }]
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  crm: { use: webhook, url: "https://crm.example.com/im?key=${canary}", secret: "whsec_${Buffer.from(canary.repeat(2)).toString('base64')}", headers: { authorization: "Bearer ${canary}" } }
routes: { "*": [crm] }
`)
    const { code, out, err } = await runProgram(['config', 'print'], { cwd: good.dir })
    await good.remove()
    expect(code, err).to.equal(0)
    expect(out)
      .to.contain('sdkAppId: 1')
      .and.contain('port: 8080')
      .and.not.contain(canary)
      .and.not.contain(Buffer.from(canary.repeat(2)).toString('base64'))
  })
})
