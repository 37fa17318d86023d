import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import { expect } from 'chai'
import { partsThatNeedARestart } from '../src/cli/start/reload.ts'
import type { Settings } from '../src/config/schema/codecs.ts'
import { linesOf, type Started, startProgram, workplace } from './program.ts'

const APP = 1400000000

const config = (token: string, rest: string) => `apps: [{ sdkAppId: ${APP}, tokens: [${token}] }]
listen: { port: 0, tls: { cert: ./cert.pem, key: ./key.pem } }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
${rest}
`

const hasOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('SIGHUP', function () {
  this.timeout(30_000)
  let place: Awaited<ReturnType<typeof workplace>>
  let server: Started
  let url = ''
  let admin = ''

  const newCertificate = (name: string) =>
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat([
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
        '-subj',
        `/CN=${name}`,
      ]),
      { cwd: place.dir, stdio: 'ignore' },
    )
  /** Sends a sample signed with this token; gives the status, and whose certificate was shown. */
  const ask = (token: string): Promise<{ readonly status: number | undefined; readonly certificate: unknown }> =>
    new Promise((resolve, reject) => {
      const to = callbackUrl({ to: url, app: APP, token, command: groupDestroyed.command })
      const sent = request(to, { method: 'POST', rejectUnauthorized: false, agent: false }, (response) => {
        const { socket } = response
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined
        resolve({ status: response.statusCode, certificate })
        response.resume()
      })
      sent.on('error', reject)
      sent.end(JSON.stringify(groupDestroyed.sample))
    })
  const reload = async (text: string, until: RegExp) => {
    await writeFile(join(place.dir, 'callboard.yaml'), text)
    server.child.kill('SIGHUP')
    await server.prints(until)
  }
  const gauge = async () => /^callboard_config_last_reload_successful (\d)$/m.exec(await (await fetch(`${admin}/metrics`)).text())?.[1]

  before(async function () {
    if (!hasOpenssl()) {
      if (process.env.CALLBOARD_REQUIRE_SERVICES) throw new Error('openssl is needed')
      console.log('      skipped: no openssl to make certificates with')
      this.skip()
    }
    place = await workplace(config('old', 'routes: { "*": [log] }'))
    newCertificate('first')
    server = startProgram(['start'], { cwd: place.dir })
    ;[, admin = ''] = await server.prints(/health: (http:\S+?)\/health\/ready/)
    ;[, url = ''] = await server.prints(/callback URL: (https:[^\s"]+)/)
  })
  after(async () => {
    server?.child.kill('SIGKILL')
    await place?.remove()
  })

  it('takes over tokens and certificates without a restart, and names what needs one', async () => {
    expect(await ask('old')).to.deep.equal({ status: 200, certificate: 'first' })
    newCertificate('second')
    await reload(config('new', 'routes: { "*": [] }'), /"parts":\["routes"\],"msg":"config changes need a restart"/)
    expect(await ask('old')).to.deep.equal({ status: 403, certificate: 'second' })
    expect(await ask('new')).to.deep.equal({ status: 200, certificate: 'second' })
    expect(await gauge()).to.equal('1')
  })

  it('keeps what it has where the file has mistakes, and says them all', async () => {
    await reload(config('newer', 'routez: {}'), /config reload failed; keeping the current config/)
    expect(await ask('new')).to.include({ status: 200 })
    expect(await ask('newer')).to.include({ status: 403 })
    expect(await gauge()).to.equal('0')
    await writeFile(join(place.dir, 'key.pem'), 'no key')
    await reload(config('newest', ''), /are not a certificate and its key/)
    expect(await ask('new')).to.deep.equal({ status: 200, certificate: 'second' })
    server.child.kill('SIGTERM')
    const { code, out } = await server.ended
    expect(code).to.equal(0)
    const said = linesOf(out).map(({ msg }) => msg)
    expect(said.some((text) => /callboard\.yaml:6:1: unknown key "routez", did you mean "routes"\?/.test(text))).to.equal(true)
  })
})

describe('what a running server does not take over', () => {
  const settings: Settings = {
    apps: [{ sdkAppId: 1, tokens: ['a'] }],
    listen: { host: 'a', port: 1, path: '/', allow: ['10.0.0.0/8'], tls: { cert: 'a', key: 'b' } },
    admin: { host: 'a', port: 2 },
    journal: { use: 'memory' },
    plugins: [],
    sinks: {},
    routes: {},
    decisions: {},
    limits: {},
    retention: {},
  }

  it('is everything but apps, address lists and certificates', () => {
    const other: Settings = {
      ...settings,
      apps: [{ sdkAppId: 2, verify: 'none' }],
      listen: { host: 'a', port: 1, path: '/', proxies: ['10.0.0.1'], tls: { cert: 'c', key: 'd' } },
    }
    expect(partsThatNeedARestart(settings, other)).to.deep.equal([])
    const moved: Settings = { ...settings, listen: { ...settings.listen, port: 9 }, sinks: { a: { use: 'log' } }, plugins: ['x'] }
    expect(partsThatNeedARestart(settings, moved)).to.have.members(['listen', 'plugins', 'sinks'])
    const { tls: _, ...plain } = settings.listen
    expect(partsThatNeedARestart(settings, { ...settings, listen: plain })).to.deep.equal(['listen'])
  })
})
