import { join } from 'node:path'
import { openReader, type Reader } from '@callboard/journal'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { receiver, runProgram, type Started, startProgram, workplace } from './program.ts'

const COMMAND = 'Group.CallbackAfterGroupDestroyed'
const EVENTS = 12

const yaml = (hook: string) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  crm: { use: webhook, url: "${hook}", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [crm] }
`

describe('dead replay, interrupted, on the real program', function () {
  this.timeout(30_000)
  let place: Awaited<ReturnType<typeof workplace>>
  let hook: Awaited<ReturnType<typeof receiver>>
  let server: Started | undefined
  let journal: Reader | undefined
  let status = 400

  before(async () => {
    hook = await receiver(() => status)
    place = await workplace(yaml(hook.url))
    server = startProgram(['start'], { cwd: place.dir })
  })
  after(async () => {
    journal?.close()
    server?.child.kill('SIGKILL')
    await server?.ended
    await hook.close()
    await place.remove()
  })

  it('goes on where it was, and delivers nothing twice', async () => {
    const admin = (await server?.prints(/health: (http:\S+?)\/health\/ready/))?.[1] ?? ''
    const url = (await server?.prints(/callback URL: (\S+?)[\s"]/))?.[1] ?? ''
    await runProgram(['send', COMMAND, '--to', url, '--count', String(EVENTS)], { cwd: place.dir })
    const reader = openReader(join(place.dir, 'callboard.db'))
    journal = reader
    await until(() => reader.stats().sinks.crm?.dead === EVENTS)

    status = 204
    const slow = startProgram(['dead', 'replay', '--all', '--rate', '4', '--admin', admin], { cwd: place.dir })
    await until(() => hook.got.length >= EVENTS + 2)
    slow.child.kill('SIGKILL')
    await slow.ended
    const again = await runProgram(['dead', 'replay', '--all', '--json', '--admin', admin], { cwd: place.dir })
    expect(JSON.parse(again.out).replayed).to.be.within(1, EVENTS - 2)
    await until(() => reader.stats().sinks.crm?.delivered === EVENTS)

    const ids = hook.got.map(({ headers }) => headers['webhook-id'])
    const mended = ids.slice(EVENTS)
    expect(mended).to.have.length(EVENTS)
    expect(mended).to.have.members(ids.slice(0, EVENTS))
  })
})
