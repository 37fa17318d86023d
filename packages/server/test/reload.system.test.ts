import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import { expect } from 'chai'
import { skipWithout, whyNotRunnable } from './crash/skip-without.ts'
import { linesOf, type ProgramServer, startServer, tempDirectory } from './program.ts'

const APP = 1400000000

const config = (token: string, rest: string) => `apps: [{ sdkAppId: ${APP}, tokens: [${token}] }]
listen: { port: 0, tls: { cert: ./cert.pem, key: ./key.pem } }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
${rest}
`

describe('SIGHUP to the built program', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let server: ProgramServer

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
  /** Sends a sample signed with this token. Returns the status and the subject of the server's certificate. */
  const ask = (token: string): Promise<{ readonly status: number | undefined; readonly certificate: unknown }> =>
    new Promise((resolve, reject) => {
      const to = callbackUrl({ to: server.url, app: APP, token, command: groupDestroyed.command })
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
  const gauge = async () =>
    /^callboard_config_last_reload_successful (\d)$/m.exec(await (await fetch(`${server.adminUrl}/metrics`)).text())?.[1]

  before(async function () {
    skipWithout(this, whyNotRunnable('openssl', 'version'))
    place = await tempDirectory(config('old', 'routes: { "*": [log] }'))
    newCertificate('first')
    server = await startServer({ cwd: place.dir })
  })
  after(async () => {
    await server?.stop()
    await place?.remove()
  })

  it('replaces tokens and certificates without a restart, and names the keys that need one [F64]', async () => {
    expect(await ask('old')).to.deep.equal({ status: 200, certificate: 'first' })
    newCertificate('second')
    await reload(config('new', 'routes: { "*": [] }'), /"keys":\["routes\.\*"\],"msg":"restart needed: routes\.\*"/)
    expect(await ask('old')).to.deep.equal({ status: 403, certificate: 'second' })
    expect(await ask('new')).to.deep.equal({ status: 200, certificate: 'second' })
    expect(await gauge()).to.equal('1')
  })

  it('keeps the old configuration where the file has mistakes, and logs each mistake [F96]', async () => {
    await reload(config('newer', 'routez: {}'), /config reload failed; keeping the current config/)
    expect(await ask('new')).to.include({ status: 200 })
    expect(await ask('newer')).to.include({ status: 403 })
    expect(await gauge()).to.equal('0')
    await writeFile(join(place.dir, 'key.pem'), 'no key')
    await reload(config('newest', ''), /callboard\.yaml:2:50: cannot use the private key \S+key\.pem: it is not in PEM format; /)
    expect(await ask('new')).to.deep.equal({ status: 200, certificate: 'second' })
    const { code, out } = await server.stop('SIGTERM')
    expect(code).to.equal(0)
    const said = linesOf(out).map(({ msg }) => msg)
    expect(said.some((text) => /callboard\.yaml:6:1: unknown key "routez", did you mean "routes"\?/.test(text))).to.equal(true)
  })
})
