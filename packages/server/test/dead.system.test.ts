import { writeFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { openReader } from '@callboard/journal'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, type ProgramServer, receiver, runProgram, startServer, tempDirectory } from './program.ts'

const COMMAND = 'Group.CallbackAfterGroupDestroyed'

/** The source of a plugin whose GroupId has this codec. */
const plugin = (groups: string) => `
import { definePlugin, struct } from '${new URL('../../core/dist/index.js', import.meta.url).href}'
import * as t from '${import.meta.resolve('io-ts')}'
export default definePlugin({
  command: '${COMMAND}',
  title: 'Group disbanded',
  body: struct({ GroupId: ${groups} }),
  key: ({ GroupId }) => String(GroupId),
  sample: { GroupId: 'sample' },
})
`
const STRICT = 't.string'
const LENIENT = 't.union([t.string, t.number])'

interface Change {
  readonly sink?: string
  readonly token?: string
  readonly journal?: string
}
const yaml = (hook: string, { sink = 'crm', token = 'key', journal = './data/callboard.db' }: Change = {}) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0, token: ${token} }
journal: { use: sqlite, path: ${journal} }
plugins: [./plugin.mjs]
sinks:
  ${sink}: { use: webhook, url: "${hook}", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [${sink}] }
`

describe('`callboard dead` and `callboard sinks` of the built program', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let hook: Awaited<ReturnType<typeof receiver>>
  let status = 400
  let server: ProgramServer

  const file = (name: string) => join(place.dir, name)
  const start = async () => {
    server = await startServer({ cwd: place.dir })
  }
  const stop = async () => {
    expect((await server.stop('SIGTERM')).code).to.equal(0)
  }
  const callboard = (...args: string[]) => runProgram(args, { cwd: place.dir })
  /** Runs a command with the admin URL of the running server. */
  const asking = (...args: string[]) => callboard(...args, '--admin', server.adminUrl)
  const send = (group: string) => callboard('send', COMMAND, '--to', server.url, '--set', `GroupId=${group}`)
  /** Waits until this many deliveries are in this state. */
  const ended = async (state: 'dead' | 'delivered', count: number) => {
    const reader = openReader(file('data/callboard.db'))
    await until(() => reader.stats().sinks.crm?.[state] === count)
    reader.close()
  }

  before(async () => {
    hook = await receiver(() => status)
    place = await tempDirectory(yaml(hook.url))
    await writeFile(file('plugin.mjs'), plugin(STRICT))
    await start()
    await send('a')
    await send('b')
    await ended('dead', 2)
    await send('7')
  })
  after(async () => {
    await server?.stop()
    await hook.close()
    await place.remove()
  })

  it('lists dead deliveries and quarantined events, newest first, with their reasons', async () => {
    const events = linesOf((await callboard('dead', 'list', '--json')).out)
    expect(events.map(({ status: is }) => is)).to.deep.equal(['quarantined', 'accepted', 'accepted'])
    expect(events.map(({ key }) => key)).to.deep.equal([null, 'b', 'a'])
    expect(events[0].reasons).to.deep.equal(['GroupId: expected string'])
    expect(events[1].deliveries).to.deep.equal([{ sink: 'crm', state: 'dead', attempts: 1, error: 'the receiver answered 400' }])
    const { out } = await callboard('dead', 'list', '--sink', 'crm', '--key', 'a', '--reason', '400')
    expect(out).to.match(/^\S+ {2}\S+ {2}1400000000 {2}\S+ {2}a {2}crm: dead after 1 attempt: the receiver answered 400\n$/)
  })

  it('exits 64 without a selection, and only counts in a dry run', async () => {
    const vague = await asking('dead', 'replay')
    expect(vague.code).to.equal(64)
    expect(vague.err).to.contain('nothing selected')
    const { out } = await asking('dead', 'replay', '--all', '--dry-run')
    expect(out).to.equal('would replay 2 deliveries (crm 2); 1 quarantined event still cannot be decoded\n')
    expect(hook.got).to.have.length(2)
  })

  it('names the sinks for a misspelt name, and prints why a test delivery failed', async () => {
    const misspelt = await asking('sinks', 'test', 'crn')
    expect([misspelt.code, misspelt.err]).to.deep.equal([64, 'unknown sink "crn", did you mean "crm"? (configured: crm)\n'])
    const tested = await asking('sinks', 'test', 'crm')
    expect(tested.code).to.equal(1)
    expect(tested.out).to.contain('not delivered: the receiver answered 400 (a real delivery would be dead at once)')
  })

  it('replays an event under its id once, also when asked twice [F34]', async () => {
    status = 204
    const tested = await asking('sinks', 'test', 'crm')
    expect(tested.out).to.match(/ delivered in \d+ ms\n$/)
    const before = hook.got.length
    const [event] = linesOf((await callboard('dead', 'list', '--key', 'a', '--json')).out)
    expect((await asking('dead', 'replay', event.id)).out).to.equal('replayed 1 delivery (crm 1)\n')
    await ended('delivered', 1)
    expect(hook.got.slice(before).map(({ headers }) => headers['webhook-id'])).to.deep.equal([event.id])
    expect((await asking('dead', 'replay', event.id)).out).to.equal('nothing to replay: no match\n')
    expect(hook.got).to.have.length(before + 1)
  })

  it('discards a delivery, and shows who did it, when, and the last error of the receiver', async () => {
    expect((await asking('dead', 'discard', '--key', 'b', '--json')).out).to.equal(
      '{"discarded":1,"sinks":{"crm":1},"busy":0,"dryRun":false}\n',
    )
    const [event] = linesOf((await callboard('events', 'list', '--key', 'b', '--json')).out)
    const [{ discarded, ...delivery }] = event.deliveries
    expect(delivery).to.deep.equal({ sink: 'crm', state: 'discarded', attempts: 1, error: 'the receiver answered 400' })
    expect(discarded).to.have.keys('by', 'at')
    expect(discarded.by).to.equal(`${userInfo().username}@${hostname()}`)
    expect(Date.now() - Date.parse(discarded.at)).to.be.within(0, 60_000)
    const [shown] = linesOf((await callboard('events', 'show', event.id, '--json')).out)
    expect(shown.deliveries).to.deep.equal(event.deliveries)
    const { out } = await callboard('events', 'show', event.id)
    for (const part of ['the receiver answered 400', discarded.by, discarded.at]) expect(out).to.contain(part)
  })

  it('shows the state of each sink as the running server reports it', async () => {
    const { out } = await asking('sinks', '--json')
    expect(linesOf(out)[0]).to.deep.include({
      name: 'crm',
      kind: 'webhook',
      health: 'healthy',
      pending: 0,
      dead: 0,
      delivered: 1,
      discarded: 1,
    })
  })

  it('changes nothing with a wrong token, or for another journal than the server’s', async () => {
    await writeFile(file('stranger.yaml'), yaml(hook.url, { token: 'wrong' }))
    const stranger = await asking('-c', 'stranger.yaml', 'dead', 'replay', '--all')
    expect(stranger.code).to.equal(77)
    expect(stranger.err).to.contain('rejects the configured token')
    await writeFile(file('other.yaml'), yaml(hook.url, { journal: './data/other.db' }))
    await writeFile(file('data/other.db'), '')
    const other = await asking('-c', 'other.yaml', 'dead', 'replay', '--all')
    expect(other.code).to.equal(69)
    expect(other.err).to.contain('writes another journal')
  })

  it('exits 75 and names the journal’s owner where no admin listener is found', async () => {
    const { code, err } = await callboard('dead', 'replay', '--all')
    expect(code).to.equal(75)
    expect(err).to.contain(`in use by process ${server.child.pid}`).and.to.contain('--admin URL')
  })

  it('reprocesses quarantined events without a server, and the next start delivers them', async () => {
    await stop()
    await writeFile(file('plugin.mjs'), plugin(LENIENT))
    const counted = await callboard('dead', 'replay', '--quarantined', '--dry-run')
    expect(counted.out).to.equal('would accept 1 quarantined event\n')
    const replay = await callboard('dead', 'replay', '--quarantined')
    expect([replay.code, replay.out]).to.deep.equal([0, 'accepted 1 quarantined event\n'])
    expect(replay.err).to.contain('`callboard start` will deliver the replayed events')
    expect((await callboard('dead', 'replay', '--quarantined')).out).to.equal('nothing to replay: no match\n')
    const [before] = linesOf((await callboard('sinks', '--json')).out)
    expect(before).to.include({ health: 'unknown', pending: 1, delayed: 0 })
    await start()
    await ended('delivered', 2)
    expect(hook.got.at(-1)?.body).to.contain('"GroupId":7')
  })

  it('shows an unconfigured sink, and discards its deliveries only when it is named [F35]', async () => {
    status = 503
    await send('c')
    const reader = openReader(file('data/callboard.db'))
    await until(() => reader.stats().sinks.crm?.pending === 1)
    reader.close()
    await stop()
    await writeFile(file('callboard.yaml'), yaml(hook.url, { sink: 'log' }))
    const rows = linesOf((await callboard('sinks', '--json')).out)
    expect(rows.map(({ name, health, pending }) => [name, health, pending])).to.deep.equal([
      ['log', 'unknown', 0],
      ['crm', 'unconfigured', 1],
    ])
    const replay = await callboard('dead', 'replay', '--sink', 'crm')
    expect(replay.code).to.equal(64)
    expect(replay.err).to.contain('no longer names the sink crm')
    expect((await callboard('dead', 'discard', '--all')).out).to.equal('nothing to discard: no match\n')
    expect((await callboard('dead', 'discard', '--sink', 'crm')).out).to.equal('discarded 1 delivery (crm 1)\n')
  })

  it('tests a sink without a server', async () => {
    status = 204
    const tested = await callboard('sinks', 'test', 'log', '--json')
    expect(tested.code).to.equal(0)
    expect(JSON.parse(tested.out)).to.include({ sink: 'log', outcome: 'delivered', command: COMMAND })
    expect(hook.got.at(-1)?.body).to.contain('sample')
  })
})
