import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPlugin, type Plugin } from '@callboard/core'
import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import { failingTestsOf } from '../../testing/test/failing-tests.ts'
import { writeInto } from '../src/cli/new/new.ts'
import { DEV_TOOLS } from '../src/cli/new/package-files.ts'
import { newPlugin } from '../src/cli/new/plugin-template.ts'
import { builtInPlugins } from '../src/config/resolve/built-in-plugins.ts'
import { linkDependencies } from './link-dependencies.ts'
import { runProgram } from './program.ts'

describe('callboard new', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'callboard-new-'))
  })
  after(() => rm(directory, { recursive: true }))

  const callboard = (...args: string[]) => runProgram(['new', ...args], { cwd: directory })
  /** Writes the package of a plugin as `callboard new` does, and loads its source. */
  const written = async (command: string): Promise<Plugin> => {
    const { name, files } = newPlugin(command)
    await writeInto(join(directory, name), files)
    linkDependencies(join(directory, name))
    const exported: readonly unknown[] = Object.values(await import(join(directory, name, 'src/index.ts')))
    const [plugin] = exported.filter(isPlugin)
    if (!plugin) throw new Error(`${name} exports no plugin`)
    return plugin
  }

  it('writes a plugin for each known command, and each passes the conformance suite', async () => {
    for (const { command, before } of builtInPlugins) {
      const plugin = await written(command)
      expect(plugin.command).to.equal(command)
      expect(await failingTestsOf(() => describePlugin(plugin))).to.deep.equal([])
      // A template cannot know that a command has one answer per account.
      if (!command.includes('Prev')) expect(plugin.before !== undefined, command).to.equal(before !== undefined)
    }
  })

  it('knows the key and the refusal codes of each family of commands', async () => {
    const plugin = await written('Live.CallbackBeforeSpeak')
    expect(plugin.decode({ RoomId: 'r1' })).to.deep.include({ key: 'r1' })
    expect(plugin.before?.codes).to.deep.equal([102100, 102200])
    expect((await written('Group.CallbackAfterMemberMuted')).decode({ GroupId: 'g1' })).to.deep.include({ key: 'g1' })
    expect((await written('Tomorrow.CallbackBeforeIt')).before).to.deep.include({ fallback: 'allow', drop: false })
  })

  it('makes package names from capitals, digits and commands without the word Callback', async () => {
    const names = ['Bot.OnHTTP2Request', 'X.Y', 'Live.CallbackBefore3rdMic', 'New.Callback']
    expect(names.map((command) => newPlugin(command).name)).to.deep.equal([
      'callboard-plugin-bot-on-http2-request',
      'callboard-plugin-x-y',
      'callboard-plugin-live-before3rd-mic',
      'callboard-plugin-new-callback',
    ])
    for (const command of names) {
      const plugin = await written(command)
      expect(await failingTestsOf(() => describePlugin(plugin))).to.deep.equal([])
    }
  })

  it('writes a before-callback whose types compile', async () => {
    const { name, files } = newPlugin('Room.CallbackBeforeMemberEnter')
    const made = join(directory, name)
    await writeInto(made, files)
    linkDependencies(made)
    execFileSync(join(made, 'node_modules/.bin/tsc'), { cwd: made, stdio: 'inherit' })
    expect(await readdir(join(made, 'dist'))).to.have.members(['index.js', 'index.d.ts'])
    expect(await readFile(join(made, 'dist/index.js'), 'utf8')).to.contain('before: verdicts({')
  })

  it('requires the same tool versions as this repository', async () => {
    const { devDependencies } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'))
    for (const [tool, range] of Object.entries(DEV_TOOLS)) expect(devDependencies[tool], tool).to.equal(range)
  })

  it('prints the next steps, and warns of a command that a built-in plugin declares', async () => {
    const { code, out, err } = await callboard('plugin', 'Sns.CallbackFriendFound')
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(out).to.contain('cd callboard-plugin-sns-friend-found && npm install && npm test')
    expect(out).to.contain('plugins: [./callboard-plugin-sns-friend-found/dist/index.js]')
    const elsewhere = await mkdtemp(join(directory, 'elsewhere-'))
    const known = await runProgram(['new', 'plugin', 'Room.CallbackAfterCreateRoom'], { cwd: elsewhere })
    expect(known.code).to.equal(0)
    expect(known.err).to.match(/^warning: @callboard\/plugin-rtc declares Room\.CallbackAfterCreateRoom already/)
  })

  it('exits 73 where the directory exists, and changes nothing', async () => {
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
    it(`exits 64 and writes nothing for ${what} ${name}`, async () => {
      const before = await readdir(directory)
      const { code, err } = await callboard(what, name)
      expect(code).to.equal(64)
      expect(err).to.match(message)
      expect(await readdir(directory)).to.deep.equal(before)
    })
  }
})
