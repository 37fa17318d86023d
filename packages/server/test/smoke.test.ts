import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { linesOf, receiver, sharedServer } from './program.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, no less').toString('base64')}`
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

const yaml = (hook: string) => `
apps:
  - sdkAppId: 1400000000
    tokens: ["\${env:CALLBOARD_TOKEN}"]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  audit: { use: file, path: "./data/{command}.jsonl" }
  crm: { use: webhook, url: "${hook}", secret: "\${env:CRM_SECRET}", allow: [127.0.0.0/8] }
routes:
  Group.CallbackAfterGroupDestroyed: [log, audit, crm]
  "*": [log]
`
const env = { CALLBOARD_TOKEN: 'T', CRM_SECRET: SECRET }

describe('the built program', () => {
  let hook: Awaited<ReturnType<typeof receiver>>
  before(async () => {
    hook = await receiver()
  })
  const server = sharedServer(() => yaml(hook.url), env)
  after(() => hook.close())

  const callboard = (...args: string[]) => server().callboard(...args)
  /** Lists the events once every delivery is delivered. */
  const allDelivered = async () => {
    for (;;) {
      const events = linesOf((await callboard('events', 'list', '--json')).out)
      if (events.every((event) => event.deliveries.every((delivery: { state: string }) => delivery.state === 'delivered'))) return events
    }
  }

  it('prints its routes, its callback URL and its durability when it starts', async () => {
    await server().prints(/Group\.CallbackAfterGroupDestroyed -> Group disbanded -> log, audit, crm/)
    await server().prints(/durability: fsync on every commit/)
    expect(server().url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  })

  it('delivers a callback of `callboard send` to the journal, the file and the webhook', async () => {
    const sent = await callboard('send', groupDestroyed.command, '--to', server().url, '--app', '1400000000', '--token', 'T')
    expect(sent.out).to.contain(`HTTP 200 ${OK}`)
    expect(sent.code).to.equal(0)

    const [event] = await allDelivered()
    expect(event).to.deep.include({ app: 1400000000, command: groupDestroyed.command, key: '@TGS#1', status: 'accepted', duplicates: 0 })
    expect(event.deliveries).to.deep.equal(['log', 'audit', 'crm'].map((sink) => ({ sink, state: 'delivered', attempts: 1 })))
    expect(event.receivedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Date.parse(event.eventTime)).to.be.closeTo(Date.now(), 60_000)

    const lines = linesOf(await readFile(join(server().dir, 'data', `${groupDestroyed.command}.jsonl`), 'utf8'))
    expect(lines).to.have.length(1)
    expect(lines[0]).to.deep.include({
      id: event.id,
      app: 1400000000,
      command: groupDestroyed.command,
      key: '@TGS#1',
      receivedAt: event.receivedAt,
    })
    expect(lines[0].body).to.deep.include({ GroupId: '@TGS#1', Owner_Account: 'user1' })

    const [delivered] = hook.got
    const headers = Object.fromEntries(Object.entries(delivered?.headers ?? {}).map(([name, value]) => [name, String(value)]))
    expect(headers['webhook-id']).to.equal(event.id)
    const verified = new Webhook(SECRET).verify(delivered?.body ?? '', headers)
    expect(verified).to.deep.include({ GroupId: '@TGS#1', Name: 'MyFirstGroup' })
    expect(() => new Webhook(SECRET).verify(`${delivered?.body} `, headers)).to.throw()
  })

  it('logs the text that the plugin’s log hook returns, as one JSON object per line', async () => {
    const [, line = ''] = await server().prints(/(\{[^\n]*group @TGS#1 \(MyFirstGroup\) disbanded, 2 members[^\n]*)\n/)
    expect(JSON.parse(line)).to.include({ command: groupDestroyed.command })
  })

  it('shows a whole event with `events show`, and bodies with `events export`', async () => {
    const [{ id }] = linesOf((await callboard('events', 'list', '--json', '--limit', '1')).out)
    const shown = JSON.parse((await callboard('events', 'show', id)).out)
    expect(shown.body.GroupId).to.equal('@TGS#1')
    expect(JSON.parse(shown.raw)).to.deep.equal(shown.body)
    expect(shown.query).to.include({ SdkAppid: '1400000000', OptPlatform: 'RESTAPI' }).and.not.have.property('Sign')
    expect(linesOf((await callboard('events', 'export')).out)[0]).to.have.property('raw', shown.raw)
  })

  it('answers a duplicate OK and stores it once [F40]', async () => {
    const sent = await callboard('send', groupDestroyed.command, '--to', server().url, '--duplicate', '--set', 'GroupId=twice')
    expect(sent.out.split(OK)).to.have.length(3)
    const events = linesOf((await callboard('events', 'list', '--json', '--key', 'twice')).out)
    expect(events.map(({ duplicates }) => duplicates)).to.deep.equal([1])
  })

  for (const [flag, status] of [
    ['--bad-sign', 403],
    ['--expired', 403],
    ['--wrong-app', 403],
  ] as const) {
    it(`send ${flag} is answered ${status}, exits 1 and stores nothing`, async () => {
      const before = (await callboard('events', 'list', '--json')).out
      const sent = await callboard('send', groupDestroyed.command, '--to', server().url, flag)
      expect(sent.out).to.contain(`HTTP ${status} {"ActionStatus":"FAIL","ErrorInfo":"unauthorized","ErrorCode":403}`)
      expect(sent.code).to.equal(1)
      expect((await callboard('events', 'list', '--json')).out).to.equal(before)
    })
  }

  it('stores 100 callbacks from 8 connections as 100 events', async () => {
    const sent = await callboard(
      'send',
      groupDestroyed.command,
      '--to',
      server().url,
      '--count',
      '100',
      '--connections',
      '8',
      '--set',
      'GroupId=many',
    )
    expect(sent.out).to.contain('100 sent, 100 OK, 0 not OK')
    expect(linesOf((await callboard('events', 'list', '--json', '--key', 'many', '--limit', '1000')).out)).to.have.length(100)
  })

  it('is alive and ready on the admin listener, which refuses a foreign Host [F75]', async () => {
    const { adminUrl: admin } = server()
    expect(await (await fetch(`${admin}/health/live`)).json()).to.deep.equal({ status: 'ok' })
    expect(await (await fetch(`${admin}/health/ready`)).json()).to.deep.equal({ status: 'ok' })
    const { request } = await import('node:http')
    const status = await new Promise((resolve) =>
      request(`${admin}/health/live`, { headers: { host: 'evil.example' } }, (res) => resolve(res.resume().statusCode)).end(),
    )
    expect(status).to.equal(403)
  })

  it('exits 75 where another process owns the journal, and names that process [F11]', async () => {
    const second = await callboard('start')
    expect(second.code).to.equal(75)
    expect(second.err).to.contain(String(server().child.pid))
  })

  it('exits 0 within 10 s after SIGTERM', async () => {
    const from = performance.now()
    expect((await server().stop('SIGTERM')).code).to.equal(0)
    expect(performance.now() - from).to.be.below(10_000)
  })

  it('lists the events of a journal whose server has stopped', async () => {
    const listed = await callboard('events', 'list', '--json', '--limit', '1000')
    expect(listed.code).to.equal(0)
    expect(linesOf(listed.out)).to.have.length(102)
  })
})
