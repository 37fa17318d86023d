import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allow, decideWith, definePlugin, defineSink, handle, integer, millis, refuse, strictStruct, string, struct } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { createCallboard } from '@callboard/koa'
import * as chat from '@callboard/plugin-chat'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import * as rtc from '@callboard/plugin-rtc'
import { main } from '@callboard/server'
import { log, webhook } from '@callboard/sinks'
import { eventOf, send } from '@callboard/testing'
import Koa from 'koa'
import { pino } from 'pino'

// Code of a user, compiled with declarations: each inferred type must have a name that the user can import.
export const mine = definePlugin({
  command: 'Group.CallbackAfterSomething',
  title: 'Something',
  body: struct({ GroupId: string }, { EventTime: millis }),
  key: (body) => body.GroupId,
  sample: { GroupId: '@TGS#1', EventTime: 1670574414123 },
  hooks: { log: ({ body }) => body.GroupId },
})
export const bus = defineSink({
  kind: 'bus',
  options: strictStruct({ topic: string }, { retries: integer }),
  open: ({ topic }) => ({ write: ({ event }) => console.log(topic, event.id) }),
})
export const decision = decideWith(chat.groupBeforeSendMsg, ({ body }) => (body.MsgBody.length > 10 ? refuse(10100, 'too long') : allow))
export const plugins = [groupDestroyed, mine, ...Object.values(rtc)].filter((each) => 'command' in each)
export const crm = webhook({ url: 'https://crm.example.com/im', unsigned: true, format: 'cloudevents' })
export const command: (args: readonly string[]) => Promise<number> = main
assert.equal(eventOf(mine).key, '@TGS#1')

const dir = await mkdtemp(join(tmpdir(), 'callboard-consumer-'))
const seen: string[] = []
const callboard = await createCallboard({
  apps: [{ sdkAppId: 1400000000, tokens: ['secret'] }],
  plugins: [groupDestroyed, mine, chat.groupBeforeSendMsg],
  decisions: [decision],
  sinks: {
    log: log(),
    bus: bus({ topic: 'im', concurrency: 1 }),
    mine: handle(groupDestroyed, ({ body }) => {
      seen.push(body.GroupId)
    }),
  },
  routes: { 'Group.CallbackAfterGroupDestroyed': ['mine', 'bus'], '*': ['log'] },
  journal: sqlite({ path: join(dir, 'callboard.db') }),
  log: pino({ level: 'warn' }),
})
const delivered: string[] = []
export const off = callboard.on('delivered', ({ sink, command }) => delivered.push(`${sink} ${command}`))
const app = new Koa()
app.use(callboard.router('/callback').routes())
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const answer = await send({
  to: `http://127.0.0.1:${port}/callback`,
  app: 1400000000,
  token: 'secret',
  command: groupDestroyed.command,
  body: groupDestroyed.sample,
})
assert.equal(answer.status, 200)
await callboard.idle()
assert.deepEqual(seen, ['@TGS#1'])
assert.deepEqual(delivered.sort(), [`bus ${groupDestroyed.command}`, `mine ${groupDestroyed.command}`])
off()
server.close()
await callboard.stop()
await rm(dir, { recursive: true })
