import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { callbackUrl } from '@callboard/testing'
import { expect } from 'chai'
import { type ProgramServer, runProgram, startServer, tempDirectory, withServer } from '../program.ts'
import { received, statusesIn } from './test-listeners.ts'

// The connections of the built program.

const APP = 1400000000
const config = (more = '') => `apps: [{ sdkAppId: ${APP}, tokens: [token] }]
listen: { port: 0 }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { file: { use: file, path: ./delivered.jsonl } }
routes: { "*": [file] }
${more}`

let serial = 0
/** The bytes of a genuine callback. */
const callback = ({ url }: ProgramServer): string => {
  const { pathname, search } = new URL(callbackUrl({ to: url, app: APP, token: 'token', command: groupDestroyed.command }))
  serial += 1
  const body = JSON.stringify({ ...groupDestroyed.sample, EventTime: String(1_700_000_000_000 + serial) })
  return `POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
const open = async ({ url }: ProgramServer): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  return socket
}
interface Posted {
  readonly status: number | undefined
  readonly retryAfter: string | undefined
  readonly ms: number
}
/** Posts a callback. Rejects when the connection fails. */
const post = (server: ProgramServer, agent: Agent | false = false): Promise<Posted> =>
  new Promise((resolve, reject) => {
    const bytes = callback(server)
    const path = bytes.split(' ')[1] ?? ''
    const started = performance.now()
    const asked = request(new URL(path, server.url), { method: 'POST', agent }, (response) => {
      const { statusCode: status, headers } = response
      text(response).then(() => resolve({ status, retryAfter: headers['retry-after'], ms: performance.now() - started }), reject)
    })
    asked.on('error', reject)
    asked.end(bytes.slice(bytes.indexOf('\r\n\r\n') + 4))
  })
const metric = async ({ adminUrl }: ProgramServer, name: string): Promise<number> => {
  const lines = (await (await fetch(`${adminUrl}/metrics`)).text()).split('\n')
  return lines.filter((line) => line.startsWith(name)).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
const untilMetric = async (server: ProgramServer, name: string, isEnough: (value: number) => boolean): Promise<number> => {
  for (;;) {
    const value = await metric(server, name)
    if (isEnough(value)) return value
    await sleep(100)
  }
}

describe('the connections of the built program', () => {
  it('closes 1 000 slow clients within 13 s with 408, while another client gets its answers [F51]', () =>
    withServer(config(), async (server) => {
      const started = performance.now()
      const bytes = callback(server)
      const head = bytes.indexOf('{')
      /** Where a slow client starts: it sends one byte a second from there. */
      const starts = [0, 1, 20, head - 4, head, head + 10]
      const clients = await Promise.all(
        Array.from({ length: 1_000 }, async (_, n) => {
          const socket = await open(server)
          const all = received(socket).catch(() => '')
          let sent = starts[n % starts.length] ?? 0
          socket.on('error', () => {})
          socket.write(bytes.slice(0, sent))
          const drip = setInterval(() => {
            if (socket.writable && n % 2 === 0) socket.write(bytes.slice(sent, ++sent))
          }, 1_000)
          socket.once('close', () => clearInterval(drip))
          return all.then((answer) => ({ answer, ms: performance.now() - started }))
        }),
      ).then(async (pending) => {
        const times: number[] = []
        for (let n = 0; n < 50; n += 1) {
          const { status, ms } = await post(server)
          expect(status).to.equal(200)
          times.push(ms)
          await sleep(50)
        }
        expect(Math.max(...times)).to.be.lessThan(1_000)
        return Promise.all(pending)
      })
      for (const { answer } of clients) expect(statusesIn(answer)).to.deep.equal(['HTTP/1.1 408'])
      expect(Math.max(...clients.map(({ ms }) => ms))).to.be.lessThan(13_000)
      await untilMetric(
        server,
        'callboard_connections_closed_total{listener="callback",reason="request_timeout"}',
        (value) => value === 1_000,
      )
    }))

  it('sheds connections beyond its file descriptors, counts them, and recovers [F52]', async () => {
    const { dir, remove } = await tempDirectory(config())
    const server = await startServer({ cwd: dir, under: ['sh', '-c', 'ulimit -n 256; exec "$0" "$@"'] })
    try {
      let isOpen = 0
      const sockets = await Promise.all(
        Array.from({ length: 1_000 }, async () => {
          const socket = await open(server)
          isOpen += 1
          // Added at once: the server may close this socket while others still connect.
          return socket
            .on('error', () => {})
            .resume()
            .once('close', () => (isOpen -= 1))
        }),
      )
      // The server counts a connection before its client hears of the end.
      await untilMetric(
        server,
        'callboard_connections_closed_total{listener="callback",reason="too_many_connections"}',
        (value) => value > 0 && value + isOpen === 1_000,
      )
      expect(isOpen).to.be.greaterThan(31)
      for (const socket of sockets) socket.destroy()
      // The server frees the connections a moment later.
      let answer: Posted | undefined
      while (answer?.status !== 200) answer = await post(server).catch(() => undefined)
      await untilMetric(server, 'callboard_attempts_total{sink="file",outcome="delivered"}', (value) => value > 0)
      expect(server.child.exitCode).to.equal(null)
      const { code } = await server.stop('SIGTERM')
      expect(code).to.equal(0)
    } finally {
      await server.stop()
      await remove()
    }
  })

  it('answers clients whose requests arrived while it was stopped for 11 s', () =>
    withServer(config(), async (server) => {
      const cuts = [1, 30, 200]
      const clients = await Promise.all(
        Array.from({ length: 30 }, async (_, n) => {
          const socket = await open(server)
          const bytes = callback(server)
          const cut = cuts[n % cuts.length] ?? 0
          socket.write(bytes.slice(0, cut))
          return { all: received(socket), finish: () => socket.end(bytes.slice(cut)) }
        }),
      )
      // Its answer shows that the program has read what came before.
      expect((await post(server)).status).to.equal(200)
      server.child.kill('SIGSTOP')
      await sleep(11_000)
      for (const { finish } of clients) finish()
      server.child.kill('SIGCONT')
      for (const { all } of clients) expect(statusesIn(await all)).to.deep.equal(['HTTP/1.1 200'])
      expect(await metric(server, 'callboard_connections_closed_total{listener="callback",reason="request_timeout"}')).to.equal(0)
    }))

  it('resets no request on connections that were idle for 4 to 6 s, and advertises 75 s [F54]', () =>
    withServer(config(), async (server) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 100 })
      const rounds = 3
      for (let round = 0; round < rounds; round += 1) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => post(server, agent)))
        expect(answers.filter(({ status }) => status !== 200)).to.deep.equal([])
        await sleep(4_000 + round * 1_000)
      }
      agent.destroy()
      const socket = await open(server)
      socket.write(callback(server))
      const [data] = await once(socket, 'data')
      socket.destroy()
      expect(String(data)).to.match(/^keep-alive: timeout=75\r$/im)
      expect(await metric(server, 'callboard_connections_closed_total{listener="callback",reason="idle"}')).to.equal(0)
    }))

  it('answers each of 3 000 callbacks that arrive at once: 200 in time, or 503 with Retry-After; and recovers [F55]', () =>
    withServer(config('limits: { queue: 64KiB }'), async (server) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 500 })
      const answers = await Promise.all(Array.from({ length: 3_000 }, () => post(server, agent)))
      agent.destroy()
      const refused = answers.filter(({ status }) => status === 503)
      expect(answers.filter(({ status }) => status === 200).length + refused.length).to.equal(3_000)
      for (const { retryAfter } of refused) expect(retryAfter).to.equal('2')
      expect(refused.length).to.be.greaterThan(0)
      expect(await metric(server, 'callboard_callbacks_rejected_total')).to.equal(refused.length)
      const after = await post(server)
      expect(after.status).to.equal(200)
      expect(after.ms).to.be.lessThan(1_000)
    }))
})

describe('the admin listener on another loopback address', () => {
  for (const host of ['127.0.0.2', 'localhost', '::1']) {
    it(`is reached by the commands at ${host}`, () =>
      withServer(config().replace('admin: { port: 0 }', `admin: { host: "${host}", port: 0 }`), async ({ dir, adminUrl }) => {
        const { code, out, err } = await runProgram(['sinks', '--json', '--admin', adminUrl], { cwd: dir })
        expect(err).to.equal('')
        expect(code).to.equal(0)
        expect(JSON.parse(out.split('\n')[0] ?? '')).to.deep.include({ name: 'file', health: 'healthy' })
      }))
  }
})
