import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send, until } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, type ProgramServer, receiver, runProgram, startServer, tempDirectory } from './program.ts'

const APP = 1400000000
const yaml = (crm: string, other: string) => `
apps: [{ sdkAppId: ${APP}, verify: none }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  crm: { use: webhook, url: "${crm}", unsigned: true, allow: [127.0.0.0/8] }
  other: { use: webhook, url: "${other}", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [crm, other] }
`

describe('a sink of the built program that a 410 has paused', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let crm: Awaited<ReturnType<typeof receiver>>
  let other: Awaited<ReturnType<typeof receiver>>
  let isGone = true
  let server: ProgramServer

  const start = async () => {
    server = await startServer({ cwd: place.dir })
  }
  const callboard = (...args: string[]) => runProgram(args, { cwd: place.dir })
  const asking = (...args: string[]) => callboard(...args, '--admin', server.adminUrl)
  const groupsOf = (got: typeof crm.got) => got.map(({ body }) => JSON.parse(body).GroupId)
  /** Sends an event, and waits until the other sink has it. */
  const post = async (GroupId: string) => {
    const body = { ...groupDestroyed.sample, GroupId }
    expect((await send({ to: server.url, app: APP, command: groupDestroyed.command, body })).status).to.equal(200)
    await until(() => groupsOf(other.got).includes(GroupId))
  }
  const statusOf = async (printed: Promise<{ readonly out: string }>) => linesOf((await printed).out).find(({ name }) => name === 'crm')

  before(async () => {
    crm = await receiver(() => (isGone ? 410 : 204))
    other = await receiver()
    place = await tempDirectory(yaml(crm.url, other.url))
    await start()
  })
  after(async () => {
    await server?.stop()
    await Promise.all([crm.close(), other.close(), place.remove()])
  })

  it('is still paused after kill -9 and a new start: its deliveries are pending, and `sinks` says since when and why [F25]', async () => {
    await post('gone')
    await until(() => crm.got.length === 1)
    await post('held')
    const before = await statusOf(asking('sinks', '--json'))
    expect(before).to.include({ health: 'paused', reason: 'the receiver answered 410', pending: 1, dead: 1 })
    expect(Date.now() - Date.parse(before.pausedSince)).to.be.within(0, 60_000)

    await server.stop('SIGKILL')
    isGone = false
    await start()
    await post('held, too')
    const after = await statusOf(asking('sinks', '--json'))
    expect(after).to.include({ health: 'paused', reason: 'the receiver answered 410', pending: 2, dead: 1 })
    expect(Math.abs(Date.parse(after.pausedSince) - Date.parse(before.pausedSince))).to.be.below(1_000)
    expect(groupsOf(crm.got)).to.deep.equal(['gone'])
    expect((await asking('sinks')).out).to.contain(`paused since ${after.pausedSince}: the receiver answered 410`)
  })

  it('is resumed without a server, and gets its deliveries after the next start', async () => {
    await server.stop('SIGTERM')
    expect(await statusOf(callboard('sinks', '--json'))).to.include({ health: 'paused', reason: 'the receiver answered 410', pending: 2 })
    const misspelt = await callboard('sinks', 'resume', 'crn')
    expect([misspelt.code, misspelt.err]).to.deep.equal([64, 'unknown sink "crn", did you mean "crm"? (configured: crm, other)\n'])
    const resumed = await callboard('sinks', 'resume', 'crm')
    expect([resumed.code, resumed.out]).to.deep.equal([0, 'crm: resumed\n'])
    expect(resumed.err).to.contain('`callboard start` will deliver')
    expect(await statusOf(callboard('sinks', '--json'))).to.include({ health: 'unknown', pending: 2 })
    await start()
    await until(() => crm.got.length === 3)
    expect(groupsOf(crm.got).sort()).to.deep.equal(['gone', 'held', 'held, too'])
  })

  it('is resumed by the running server, and stays so after a start', async () => {
    isGone = true
    await post('gone again')
    await until(() => crm.got.length === 4)
    isGone = false
    await post('held again')
    expect((await asking('sinks', 'resume', 'crm')).out).to.equal('crm: resumed\n')
    await until(() => crm.got.length === 5)
    await server.stop('SIGTERM')
    await start()
    expect(await statusOf(asking('sinks', '--json'))).to.include({ health: 'healthy', pending: 0 })
  })
})
