import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPlugin, type Plugin } from '@callboard/core'
import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import { brokenOf } from '../../testing/test/rules.ts'
import { writeInto } from '../src/cli/new/new.ts'
import { DEV_TOOLS } from '../src/cli/new/package-files.ts'
import { newPlugin } from '../src/cli/new/plugin-template.ts'
import { builtInPlugins } from '../src/config/resolve/built-in-plugins.ts'
import { link } from './linking.ts'
import { runProgram } from './program.ts'

describe('callboard new', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'callboard-new-'))
  })
  after(() => rm(directory, { recursive: true }))

  const callboard = (...args: string[]) => runProgram(['new', ...args], { cwd: directory })
  /** Writes the package of a plugin as the program does, and loads its source. */
  const written = async (command: string): Promise<Plugin> => {
    const { name, files } = newPlugin(command)
    await writeInto(join(directory, name), files)
    link(join(directory, name))
    const exported: readonly unknown[] = Object.values(await import(join(directory, name, 'src/index.ts')))
    const [plugin] = exported.filter(isPlugin)
    if (!plugin) throw new Error(`${name} exports no plugin`)
    return plugin
  }

  it('writes a plugin of whatever command the vendor has, and it passes the suite', async function () {
    this.timeout(60_000)
    for (const { command, before } of builtInPlugins) {
      const plugin = await written(command)
      expect(plugin.command).to.equal(command)
      expect(await brokenOf(() => describePlugin(plugin))).to.deep.equal([])
      // An answer per account is more than a command can tell.
      if (!command.includes('Prev')) expect(plugin.before !== undefined, command).to.equal(before !== undefined)
    }
  })

  it('knows what keeps order in a family, and with which codes it refuses', async () => {
    const plugin = await written('Live.CallbackBeforeSpeak')
    expect(plugin.decode({ RoomId: 'r1' })).to.deep.include({ key: 'r1' })
    expect(plugin.before?.codes).to.deep.equal([102100, 102200])
    expect((await written('Group.CallbackAfterMemberMuted')).decode({ GroupId: 'g1' })).to.deep.include({ key: 'g1' })
    expect((await written('Tomorrow.CallbackBeforeIt')).before).to.deep.include({ fallback: 'allow', drop: false })
  })

  it('takes words of capitals and digits apart, and commands without the word Callback', async () => {
    const names = ['Bot.OnHTTP2Request', 'X.Y', 'Live.CallbackBefore3rdMic', 'New.Callback']
    expect(names.map((command) => newPlugin(command).name)).to.deep.equal([
      'callboard-plugin-bot-on-http2-request',
      'callboard-plugin-x-y',
      'callboard-plugin-live-before3rd-mic',
      'callboard-plugin-new-callback',
    ])
    for (const command of names) {
      const plugin = await written(command)
      expect(await brokenOf(() => describePlugin(plugin))).to.deep.equal([])
    }
  })

  it('writes a before-callback whose types compile', async () => {
    const { name, files } = newPlugin('Room.CallbackBeforeMemberEnter')
    const made = join(directory, name)
    await writeInto(made, files)
    link(made)
    execFileSync(join(made, 'node_modules/.bin/tsc'), { cwd: made, stdio: 'inherit' })
    expect(await readdir(join(made, 'dist'))).to.have.members(['index.js', 'index.d.ts'])
    expect(await readFile(join(made, 'dist/index.js'), 'utf8')).to.contain('before: verdicts({')
  })

  it('asks for the tools that this repository uses itself', async () => {
    const { devDependencies } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'))
    for (const [tool, range] of Object.entries(DEV_TOOLS)) expect(devDependencies[tool], tool).to.equal(range)
  })

  it('says what comes next, and warns of a command that comes with the program', async () => {
    const { code, out, err } = await callboard('plugin', 'Sns.CallbackFriendFound')
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(out).to.contain('cd callboard-plugin-sns-friend-found && npm install && npm test')
    expect(out).to.contain('plugins: [./callboard-plugin-sns-friend-found/dist/index.js]')
    const elsewhere = await mkdtemp(join(directory, 'elsewhere-'))
    const known = await runProgram(['new', 'plugin', 'Room.CallbackAfterCreateRoom'], { cwd: elsewhere })
    expect(known.code).to.equal(0)
    expect(known.err).to.match(/^warning: @callboard\/plugin-rtc declares Room\.CallbackAfterCreateRoom already/)
  })

  it('leaves alone what is there already: 73', async () => {
    expect((await callboard('sink', 'twice')).code).to.equal(0)
    const { code, err } = await callboard('sink', 'twice')
    expect(code).to.equal(73)
    expect(err).to.match(/^cannot create \S+callboard-sink-twice: it already exists; /)
  })

  for (const [what, name, message] of [
    ['plugin', 'Group', /invalid CallbackCommand "Group": .*, such as Group\.CallbackAfterGroupDestroyed/],
    ['plugin', 'group.callbackAfterSendMsg', /did you mean "Group\.CallbackAfterSendMsg"\?/],
    ['plugin', '../Group.CallbackAfterSendMsg', /invalid CallbackCommand/],
    ['plugin', "Group.It's", /invalid CallbackCommand/],
    ['sink', 'MyQueue', /invalid sink name "MyQueue": use lower-case letters and digits/],
    ['sink', '../queue', /invalid sink name/],
    ['sink', 'my--queue', /invalid sink name/],
    ['sink', 'webhook', /invalid sink name "webhook": it is a built-in kind; choose another name/],
  ] as const) {
    it(`${what} ${name}: 64, and nothing is written`, async () => {
      const before = await readdir(directory)
      const { code, err } = await callboard(what, name)
      expect(code).to.equal(64)
      expect(err).to.match(message)
      expect(await readdir(directory)).to.deep.equal(before)
    })
  }
})
