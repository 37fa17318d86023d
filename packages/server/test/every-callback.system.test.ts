import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import * as rtc from '@callboard/plugin-rtc'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, sharedServer } from './program.ts'

const yaml = `
apps:
  - sdkAppId: 1400000000
    tokens: [T]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-chat", "@callboard/plugin-rtc"]
sinks:
  log: { use: log }
  audit: { use: file, path: "./audit/{command}.jsonl" }
routes: { "*": [log, audit] }
`

const plugins: readonly Plugin[] = [...Object.values<unknown>(chat), ...Object.values<unknown>(rtc)].filter(isPlugin)

/** The body as the vendor sends it. Some commands do not repeat the command in their body. */
const wireOf = ({ command, sample }: Plugin): object => {
  const { CallbackCommand: _, ...bare } = sample
  return command.startsWith('Push.') || command === 'ContentCallback.ResultNotify' ? bare : sample
}

describe('every known callback in the built program', () => {
  const server = sharedServer(() => yaml)

  it('is answered OK, decoded, stored with its key, and delivered to every sink', async () => {
    expect(plugins).to.have.length(80)
    for (const plugin of plugins) {
      const answered = await send({ to: server().url, app: 1400000000, token: 'T', command: plugin.command, body: wireOf(plugin) })
      expect(answered.status, plugin.command).to.equal(200)
    }
    const list = async () => linesOf((await server().callboard('events', 'list', '--json', '--limit', '200')).out)
    let events = await list()
    while (events.some(({ deliveries }) => deliveries.some(({ state }: { state: string }) => state === 'pending'))) events = await list()

    const told = new Map(events.map((event) => [event.command, event]))
    for (const plugin of plugins) {
      const read = plugin.decode(plugin.sample)
      const at = 'eventTime' in read && read.eventTime !== undefined ? new Date(read.eventTime).toISOString() : null
      expect(told.get(plugin.command), plugin.command).to.deep.include({
        status: 'accepted',
        key: ('key' in read && read.key) || null,
        eventTime: at,
        deliveries: ['log', 'audit'].map((sink) => ({ sink, state: 'delivered', attempts: 1 })),
      })
    }
    expect((await readdir(join(server().dir, 'audit'))).sort()).to.deep.equal(plugins.map(({ command }) => `${command}.jsonl`).sort())
  })

  it('is listed where its EventTime is beyond any calendar date', async () => {
    const body = { ...chat.groupDestroyed.sample, EventTime: Number.MAX_SAFE_INTEGER }
    await send({ to: server().url, app: 1400000000, token: 'T', command: chat.groupDestroyed.command, body })
    const listed = await server().callboard('events', 'list', '--json', '--limit', '1')
    expect(listed.code, listed.err).to.equal(0)
    expect(linesOf(listed.out)[0]).to.include({ command: chat.groupDestroyed.command, status: 'accepted', eventTime: null })
  })
})
