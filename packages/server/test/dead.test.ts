import { writeFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { openReader } from '@callboard/journal'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, receiver, runProgram, type Started, startProgram, workplace } from './program.ts'

const COMMAND = 'Group.CallbackAfterGroupDestroyed'

/** A plugin of the operator's own, which takes groups of these types. */
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
const MENDED = 't.union([t.string, t.number])'

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

describe('dead and sinks, on the real program', function () {
  this.timeout(60_000)
  let place: Awaited<ReturnType<typeof workplace>>
  let hook: Awaited<ReturnType<typeof receiver>>
  let status = 400
  let server: Started | undefined
  let url = ''
  let admin = ''

  const file = (name: string) => join(place.dir, name)
  const start = async () => {
    server = startProgram(['start'], { cwd: place.dir })
    admin = (await server.prints(/health: (http:\S+?)\/health\/ready/))[1] ?? ''
    url = (await server.prints(/callback URL: (\S+?)[\s"]/))[1] ?? ''
  }
  const stop = async () => {
    server?.child.kill('SIGTERM')
    expect((await server?.ended)?.code).to.equal(0)
    server = undefined
  }
  const callboard = (...args: string[]) => runProgram(args, { cwd: place.dir })
  /** A command that may ask the running server. */
  const asking = (...args: string[]) => callboard(...args, '--admin', admin)
  const send = (group: string) => callboard('send', COMMAND, '--to', url, '--set', `GroupId=${group}`)
  /** Waits until so many deliveries have ended so. */
  const ended = async (state: 'dead' | 'delivered', count: number) => {
    const reader = openReader(file('data/callboard.db'))
    await until(() => reader.stats().sinks.crm?.[state] === count)
    reader.close()
  }

  before(async () => {
    hook = await receiver(() => status)
    place = await workplace(yaml(hook.url))
    await writeFile(file('plugin.mjs'), plugin(STRICT))
    await start()
    await send('a')
    await send('b')
    await ended('dead', 2)
    await send('7')
  })
  after(async () => {
    server?.child.kill('SIGKILL')
    await server?.ended
    await hook.close()
    await place.remove()
  })

  it('lists what is dead and what is quarantined, newest first, with the reasons', async () => {
    const events = linesOf((await callboard('dead', 'list', '--json')).out)
    expect(events.map(({ status: is }) => is)).to.deep.equal(['quarantined', 'accepted', 'accepted'])
    expect(events.map(({ key }) => key)).to.deep.equal([null, 'b', 'a'])
    expect(events[0].reasons).to.deep.equal(['GroupId: expected string'])
    expect(events[1].deliveries).to.deep.equal([{ sink: 'crm', state: 'dead', attempts: 1, error: 'the receiver answered 400' }])
    const { out } = await callboard('dead', 'list', '--sink', 'crm', '--key', 'a', '--reason', '400')
    expect(out).to.match(/^\S+ {2}\S+ {2}1400000000 {2}\S+ {2}a {2}crm: dead after 1 attempt: the receiver answered 400\n$/)
  })

  it('changes nothing unless it is told which, and only counts in a dry run', async () => {
    const vague = await asking('dead', 'replay')
    expect(vague.code).to.equal(64)
    expect(vague.err).to.contain('nothing selected')
    const { out } = await asking('dead', 'replay', '--all', '--dry-run')
    expect(out).to.equal('would replay 2 deliveries (crm 2); 1 quarantined event still cannot be decoded\n')
    expect(hook.got).to.have.length(2)
  })

  it('says which sinks there are to whoever misspells one, and why a sample was not taken', async () => {
    const misspelt = await asking('sinks', 'test', 'crn')
    expect([misspelt.code, misspelt.err]).to.deep.equal([64, 'unknown sink "crn", did you mean "crm"? (configured: crm)\n'])
    const tested = await asking('sinks', 'test', 'crm')
    expect(tested.code).to.equal(1)
    expect(tested.out).to.contain('not delivered: the receiver answered 400 (a real delivery would be dead at once)')
  })

  it('replays under the same id once the receiver is mended, and twice is once', async () => {
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

  it('discards for good, and the journal keeps who did it and when', async () => {
    expect((await asking('dead', 'discard', '--key', 'b', '--json')).out).to.equal(
      '{"discarded":1,"sinks":{"crm":1},"busy":0,"dryRun":false}\n',
    )
    const [event] = linesOf((await callboard('events', 'list', '--key', 'b', '--json')).out)
    const [, who, when] = /^discarded by (\S+) at (\S+)$/.exec(event.deliveries[0].error) ?? []
    expect(who).to.equal(`${userInfo().username}@${hostname()}`)
    expect(Date.now() - Date.parse(when ?? '')).to.be.within(0, 60_000)
  })

  it('shows how each sink is doing, as the running server says', async () => {
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

  it('changes nothing without the right token, nor in a journal that the server does not write', async () => {
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

  it('names who has the journal where the server’s admin listener cannot be found', async () => {
    const { code, err } = await callboard('dead', 'replay', '--all')
    expect(code).to.equal(75)
    expect(err).to.contain(`in use by process ${server?.child.pid}`).and.to.contain('--admin URL')
  })

  it('accepts what a mended plugin understands, without a running server; the next start delivers it', async () => {
    await stop()
    await writeFile(file('plugin.mjs'), plugin(MENDED))
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

  it('shows a sink that is no longer configured, and clears it away only when it is named', async () => {
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

  it('tries a sink out without a server', async () => {
    status = 204
    const tested = await callboard('sinks', 'test', 'log', '--json')
    expect(tested.code).to.equal(0)
    expect(JSON.parse(tested.out)).to.include({ sink: 'log', outcome: 'delivered', command: COMMAND })
    expect(hook.got.at(-1)?.body).to.contain('sample')
  })
})
