import { fileURLToPath } from 'node:url'
import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import { groupBeforeInviteJoinGroup, groupBeforeSendMsg, snsPrevFriendAdd } from '@callboard/plugin-chat'
import { callbackUrl } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, runProgram, sharedServer, tempDirectory } from './program.ts'

const plugins: readonly Plugin[] = Object.values<unknown>(chat).filter(isPlugin)
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url))
const yaml = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-chat"]
sinks: { log: { use: log } }
routes: { "*": [log] }
decisions:
  Group.CallbackBeforeSendMsg: { use: ${fixture('messages')} }
  Group.CallbackBeforeInviteJoinGroup: { use: ${fixture('invitations')} }
`
const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

describe('plugin-chat in the built program', () => {
  const server = sharedServer(() => yaml)
  const callboard = (...args: string[]) => server().callboard(...args)

  /** Sends a body as text. A query parameter whose value is undefined is removed. */
  const answer = async (command: string, body: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<unknown> => {
    const url = new URL(callbackUrl({ to: server().url, app: 1_400_000_000, command, token: 'T' }))
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    const response = await fetch(url, { method: 'POST', body })
    expect(response.status).to.equal(200)
    return response.json()
  }
  const message = (Text: string, more: object = {}): string =>
    JSON.stringify({ ...groupBeforeSendMsg.sample, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }], ...more })
  const eventsOf = async (key: string) => {
    const { out } = await callboard('events', 'list', '--json', '--key', key)
    return linesOf(out)
  }

  it('lets a decision allow, refuse, drop and rewrite a message', async () => {
    const { command } = groupBeforeSendMsg
    expect(await answer(command, message('hello'))).to.deep.equal(OK)
    expect(await answer(command, message('spam'))).to.deep.equal({ ...OK, ErrorCode: 10_100, ErrorInfo: 'no spam here' })
    expect(await answer(command, message('advertisement'))).to.deep.equal({ ...OK, ErrorCode: 2 })
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: '****' } }]
    expect(await answer(command, message('damn'))).to.deep.equal({ MsgBody, ...OK })
  })

  it('lets a decision refuse some of the invited members', async () => {
    const { command, sample } = groupBeforeInviteJoinGroup
    expect(await answer(command, JSON.stringify(sample))).to.deep.equal({ ...OK, RefusedMembers_Account: ['user3'] })
  })

  it('answers for each friend where no decision is configured', async () => {
    const { command, sample } = snsPrevFriendAdd
    const ResultItem = [{ To_Account: 'user1', ResultCode: 0, ResultInfo: '' }]
    expect(await answer(command, JSON.stringify(sample))).to.deep.equal({ ResultItem, ...OK })
  })

  it('accepts a system message as seen in a live group: keys in any order, a RequestId, no ClientIP, no OptPlatform', async () => {
    const body = `{"Type":"AVChatRoom","Random":41784661,"OnlineOnlyFlag":0,"Operator_Account":"@TLS#NOT_FOUND","MsgPriority":"Normal",
      "MsgBody":[{"MsgContent":{"Data":"{}","Desc":"","Ext":""},"MsgType":"TIMCustomElem"},{"MsgContent":{"Mood":1},"MsgType":"TIMMoodElem"}],
      "GroupId":"odd","From_Account":"@TLS#NOT_FOUND","EventTime":1657699196949,"CallbackCommand":"Group.CallbackBeforeSendMsg"}`
    const query = { RequestId: '80b98a8d-b1f9-4ea0-9320-22cc0dd0d8f2', ClientIP: undefined, OptPlatform: undefined }
    expect(await answer(groupBeforeSendMsg.command, body, query)).to.deep.equal(OK)

    const [event] = await eventsOf('odd')
    expect(event).to.deep.include({ status: 'accepted', eventTime: '2022-07-13T07:59:56.949Z' })
    expect(event.decision).to.deep.include({ by: 'plugin', code: 0 })
    const shown = JSON.parse((await callboard('events', 'show', event.id)).out)
    expect(shown.raw).to.equal(body)
    expect(shown.query).to.include({ RequestId: query.RequestId, SdkAppid: '1400000000' })
    expect(shown.query).not.to.have.any.keys('ClientIP', 'OptPlatform', 'Sign')
    await server().prints(/@TLS#NOT_FOUND sends TIMCustomElem\+TIMMoodElem to group odd/)
  })

  it('keeps every digit of a numeric account above 2^53 [F48]', async () => {
    await answer(groupBeforeSendMsg.command, message('hello', { GroupId: 'digits' }).replace('"user1"', '123456789012345678'))
    await server().prints(/"[^"]*123456789012345678 sends TIMTextElem to group digits/)
  })

  it('accepts the documented body of every command', async () => {
    for (const { command, sample } of plugins) expect(await answer(command, JSON.stringify(sample)), command).to.include(OK)
    const listed = await callboard('events', 'list', '--json', '--status', 'accepted', '--limit', '1000')
    const commands = new Set(linesOf(listed.out).map((event) => event.command))
    expect(plugins.filter(({ command }) => !commands.has(command))).to.deep.equal([])
  })

  it('is listed by `send --list` where there is no configuration', async () => {
    const elsewhere = await tempDirectory()
    const { out } = await runProgram(['send', '--list'], { cwd: elsewhere.dir })
    await elsewhere.remove()
    for (const { command } of plugins) expect(out).to.contain(`${command} `)
  })

  it('allows a before-callback with an invalid body, and quarantines the event', async () => {
    const { command, sample } = snsPrevFriendAdd
    expect(await answer(command, JSON.stringify({ ...sample, FriendItem: 'nobody' }))).to.deep.equal(OK)
    const { out } = await callboard('events', 'list', '--json', '--status', 'quarantined')
    expect(linesOf(out).map(({ reasons }) => reasons)).to.deep.equal([['FriendItem: expected a list']])
  })
})
