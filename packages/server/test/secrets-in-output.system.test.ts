import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, type ProgramServer, receiver, withServer } from './program.ts'

const APP = 1400000000
const CANARY = 'canary7d1f'
const SECRET = `whsec_${Buffer.from(`${CANARY}${'.'.repeat(20)}`).toString('base64')}`
/** The secret in each encoding in which it could be printed. */
const FORMS = [CANARY, SECRET.slice(6), Buffer.from(CANARY).toString('hex'), encodeURIComponent(SECRET)]

const config = (sick: string, well: string) => `apps: [{ sdkAppId: ${APP}, tokens: ["\${env:TOKEN}"] }]
listen: { port: 0 }
admin: { port: 0, token: "${CANARY}-admin" }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  sick: { use: webhook, url: "${sick}?key=${CANARY}", secret: "${SECRET}", headers: { authorization: "Bearer ${CANARY}" }, allow: [127.0.0.0/8] }
  gone: { use: webhook, url: "http://127.0.0.1:9/im?key=${CANARY}", secret: "${SECRET}", allow: [127.0.0.0/8] }
  name: { use: webhook, url: "http://nowhere.invalid/?key=${CANARY}", unsigned: true }
  well: { use: webhook, url: "${well}?key=${CANARY}", secret: "${SECRET}", allow: [127.0.0.0/8] }
routes: { "*": [log, sick, gone, name, well] }
`

/** The same configuration with mistakes in its certificate, its plugins, its sinks and its keys. */
const wrongConfig = (url: string): string =>
  `${config(url, url)}tokens: ${CANARY}\nroutes: [${CANARY}]\ndecisions: { A.B: { use: webhook, url: "${CANARY}", secret: "${CANARY}" } }\n`
    .replace('listen: { port: 0 }', 'listen: { port: 0, tls: { cert: ./secret.pem, key: ./secret.pem } }')
    .replace('plugin-group-destroyed"]', 'plugin-group-destroyed", ./secret.pem]')
    .replace(`secret: "${SECRET}"`, `secret: "${CANARY}"`)
    .replace('unsigned: true }', `unsigned: true, headers: { "a b": "${CANARY}" } }\n  journal: { use: file, path: ./data/callboard.db }`)
const wrongErrors = [/cannot use the certificate/, /cannot load "\.\/secret\.pem"/, /whsec_/, /unknown key "tokens"/, /uses this file/]

const hostile = `\n{"level":"fatal"}\u001b[31m\u2028\u0000${'x'.repeat(1_000)}`

describe('secrets and hostile text in the output of the built program', () => {
  it('never print a secret, whatever fails, and leave each line one JSON object [F72] [F77]', async () => {
    const sick = await receiver(() => 500)
    const well = await receiver()
    const printed: string[] = []
    const work = async ({ dir, url: to, adminUrl, callboard, child, prints, stop }: ProgramServer) => {
      const post = (body: unknown, over: { readonly sign?: string; readonly app?: number; readonly command?: string } = {}) =>
        send({ to, app: APP, token: `${CANARY}-token`, command: groupDestroyed.command, body, ...over })
      const answers = [
        await post({ ...groupDestroyed.sample, GroupId: hostile, Name: hostile }),
        await post(groupDestroyed.sample, { sign: 'f'.repeat(64) }),
        await post(groupDestroyed.sample, { app: 7 }),
        await post({ GroupId: hostile }, { command: hostile.slice(0, 40) }),
        await post({ GroupId: 1 }),
        await post('{'),
      ]
      printed.push(...answers.map(({ text }) => text))
      for (const path of ['/metrics', '/health/ready', '/nothing']) {
        for (const authorization of ['', 'Bearer wrong', `Bearer ${CANARY}-admin`]) {
          const response = await fetch(`${adminUrl}${path}`, { headers: { authorization } })
          printed.push(await response.text(), JSON.stringify([...response.headers]))
        }
      }
      await new Promise((resolve) => {
        const { hostname, port } = new URL(to)
        const socket = connect(Number(port), hostname, () => socket.write('POST /callback HTTP/9\r\n\r\n'))
        socket.on('data', (data) => printed.push(String(data)))
        socket.on('close', resolve)
      })
      await prints(/"sink":"sick".*delivery failed/)
      await prints(/"sink":"gone".*delivery failed/)
      await prints(/"sink":"name".*delivery failed/)
      const list = await callboard('events', 'list', '--json')
      const shown = await callboard('config', 'print')
      await writeFile(join(dir, 'secret.pem'), `${CANARY}\n`)
      const wrong = wrongConfig(sick.url)
      await writeFile(join(dir, 'wrong.yaml'), wrong)
      const refused = await Promise.all(['check', 'start'].map((command) => callboard(command, '-c', 'wrong.yaml')))
      for (const { code, err } of refused) {
        expect(code, err).to.equal(78)
        for (const error of wrongErrors) expect(err).to.match(error)
      }
      await writeFile(join(dir, 'callboard.yaml'), wrong)
      child.kill('SIGHUP')
      await prints(/config reload failed/)
      for (const { out, err } of [list, shown, ...refused]) printed.push(out, err)

      const { code, out, err } = await stop('SIGTERM')
      expect(code).to.equal(0)
      expect(err).to.equal('')
      printed.push(out)
      // Log collectors split the output at line feeds and parse each line.
      expect(linesOf(out).every((line) => typeof line === 'object')).to.equal(true)
      for (const control of ['\u001b', '\u2028', '\0']) expect(out).not.to.contain(control)
    }
    await withServer(config(sick.url, well.url), work, { TOKEN: `${CANARY}-token` }).finally(() =>
      Promise.all([sick.close(), well.close()]),
    )
    expect(well.got.length).to.be.above(0)
    for (const form of FORMS) expect(printed.filter((text) => text.includes(form))).to.deep.equal([])
  })
})
