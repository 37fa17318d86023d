import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openReader } from '@callboard/journal'
import { send, until } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, type ProgramServer, receiver, startProgram, startServer, tempDirectory } from './program.ts'

const APP = 1400000000
const COMMAND = 'Group.CallbackAfterGroupDestroyed'
const RAW =
  '{ "GroupId":12345678901234567890, "Id":9007199254740993,"Neg":-9007199254740993,"Float":9007199254740993.50,"Huge":1e400,' +
  '"List":[[18446744073709551615]],"Max":9007199254740991,"Text":"\\ud800" }\n'
const BODY = {
  GroupId: '12345678901234567890',
  Id: '9007199254740993',
  Neg: '-9007199254740993',
  Float: '9007199254740993.50',
  Huge: '1e400',
  List: [['18446744073709551615']],
  Max: 9007199254740991,
  Text: '\ud800',
}

const PLUGIN = `
import { anyObject, definePlugin } from '${new URL('../../core/dist/index.js', import.meta.url).href}'
export default definePlugin({
  command: '${COMMAND}',
  title: 'Group disbanded',
  body: anyObject,
  key: ({ GroupId }) => GroupId,
  sample: { GroupId: 'sample' },
  hooks: { log: ({ body }) => 'hook ' + JSON.stringify(body), webhook: ({ body }) => body },
})
`
const FORMATS = ['payload', 'raw', 'cloudevents', 'cloudevents-structured'] as const

const yaml = (urls: readonly string[]) => `
apps: [{ sdkAppId: ${APP}, verify: none }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: [./plugin.mjs]
sinks:
  log: { use: log }
  audit: { use: file, path: ./audit.jsonl }
${FORMATS.map((format, index) => `  ${format}: { use: webhook, url: "${urls[index]}", unsigned: true, allow: [127.0.0.0/8], format: ${format} }`).join('\n')}
routes: { "*": [log, audit, ${FORMATS.join(', ')}] }
`

describe('numbers beyond 2^53 in a body, on every way out of the built program', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let receivers: readonly Awaited<ReturnType<typeof receiver>>[]
  let server: ProgramServer

  before(async () => {
    receivers = await Promise.all(FORMATS.map(() => receiver()))
    place = await tempDirectory(yaml(receivers.map(({ url }) => url)))
    await writeFile(join(place.dir, 'plugin.mjs'), PLUGIN)
    server = await startServer({ cwd: place.dir })
    expect((await send({ to: server.url, app: APP, command: COMMAND, body: RAW })).status).to.equal(200)
    const reader = openReader(join(place.dir, 'callboard.db'))
    await until(() => Object.values(reader.stats().sinks).filter(({ delivered }) => delivered === 1).length === FORMATS.length + 2)
    reader.close()
  })
  after(async () => {
    await server?.stop()
    await Promise.all([place.remove(), ...receivers.map(({ close }) => close())])
  })

  const bodyFor = (format: (typeof FORMATS)[number]): string => receivers[FORMATS.indexOf(format)]?.got[0]?.body ?? ''

  it('are digits in the hook for a webhook and in both forms of a CloudEvent, and unchanged bytes in raw [F48]', () => {
    expect(JSON.parse(bodyFor('payload'))).to.deep.equal(BODY)
    expect(JSON.parse(bodyFor('cloudevents'))).to.deep.equal(BODY)
    expect(JSON.parse(bodyFor('cloudevents-structured'))).to.deep.include({ data: BODY, subject: BODY.GroupId })
    expect(bodyFor('raw')).to.equal(RAW)
  })

  it('are digits in the log, in the file and in the key [F48]', async () => {
    const [, logged = ''] = await server.prints(/"msg":"hook (\{.*?\})"[,}]/)
    expect(JSON.parse(JSON.parse(`"${logged}"`))).to.deep.equal(BODY)
    const [line] = linesOf(await readFile(join(place.dir, 'audit.jsonl'), 'utf8'))
    expect(line).to.deep.include({ body: BODY, key: BODY.GroupId })
  })

  it('are digits in `events show`, `events export` and `tail`, beside the raw text [F48]', async () => {
    const [listed] = linesOf((await server.callboard('events', 'list', '--json')).out)
    expect(listed.key).to.equal(BODY.GroupId)
    const full = { body: BODY, raw: RAW, key: BODY.GroupId }
    const shown = await server.callboard('events', 'show', listed.id)
    expect(JSON.parse(shown.out)).to.deep.include(full)
    const asJson = await server.callboard('events', 'show', listed.id, '--json')
    expect(linesOf(asJson.out)[0]).to.deep.include(full)
    expect(linesOf((await server.callboard('events', 'export')).out)[0]).to.deep.include(full)
    const tail = startProgram(['tail', '--json', '--lines', '1'], { cwd: place.dir })
    await tail.prints(/"key":"12345678901234567890"/)
    tail.child.kill('SIGTERM')
    await tail.ended
  })

  it('are digits in a request of `send --set` [F48]', async () => {
    const sent = await server.callboard(
      'send',
      COMMAND,
      '--to',
      server.url,
      '--set',
      `GroupId=${BODY.GroupId}`,
      '--set',
      'N=[9007199254740993]',
    )
    expect(sent.code).to.equal(0)
    await until(() => receivers.every(({ got }) => got.length === 2))
    expect(JSON.parse(receivers[1]?.got[1]?.body ?? '')).to.deep.include({ GroupId: BODY.GroupId, N: ['9007199254740993'] })
  })
})
