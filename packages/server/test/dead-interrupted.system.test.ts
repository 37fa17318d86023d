import { join } from 'node:path'
import { openReader } from '@callboard/journal'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { receiver, startProgram, withServer } from './program.ts'

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

describe('`dead replay` of the built program', () => {
  it('continues after it was killed, and delivers each event once [F34]', async () => {
    let status = 400
    const hook = await receiver(() => status)
    await withServer(yaml(hook.url), async ({ dir, url, adminUrl, callboard }) => {
      await callboard('send', COMMAND, '--to', url, '--count', String(EVENTS))
      const reader = openReader(join(dir, 'callboard.db'))
      try {
        await until(() => reader.stats().sinks.crm?.dead === EVENTS)

        status = 204
        const slow = startProgram(['dead', 'replay', '--all', '--rate', '4', '--admin', adminUrl], { cwd: dir })
        await until(() => hook.got.length >= EVENTS + 2)
        slow.child.kill('SIGKILL')
        await slow.ended
        const again = await callboard('dead', 'replay', '--all', '--json', '--admin', adminUrl)
        expect(JSON.parse(again.out).replayed).to.be.within(1, EVENTS - 2)
        await until(() => reader.stats().sinks.crm?.delivered === EVENTS)
      } finally {
        reader.close()
      }
    }).finally(hook.close)

    const ids = hook.got.map(({ headers }) => headers['webhook-id'])
    const replayed = ids.slice(EVENTS)
    expect(replayed).to.have.length(EVENTS)
    expect(replayed).to.have.members(ids.slice(0, EVENTS))
  })
})
