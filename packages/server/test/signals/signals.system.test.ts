import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, type ProgramServer, startProgram, startServer, startShell, tempDirectory, withServer } from '../program.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const MAX_STOP_MS = 10_000

const yaml = (sinks = '{ audit: { use: file, path: ./audit.jsonl } }', routes = '[]') => `
apps: [{ sdkAppId: 1, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: memory }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: ${sinks}
routes: { "*": ${routes} }
`

/** Moments of a start, from the first statement of the program to the last module that it loads. */
const MOMENTS = ['@callboard/server', 'commander', './start.js', 'plugin-group-destroyed']

describe('a signal while `start` is starting', () => {
  /** Starts a server that gets the signal when it imports the module. */
  const withSignalAt = async (moment: string, signal: string, work: (started: ReturnType<typeof startProgram>) => Promise<void>) => {
    const place = await tempDirectory(yaml())
    const env = { NODE_OPTIONS: `--no-warnings --import ${fixture('signal-at-import.ts')}`, IMPORT: moment, SIGNAL: signal }
    const started = startProgram(['start'], { cwd: place.dir, env })
    try {
      await work(started)
    } finally {
      started.child.kill('SIGKILL')
      await started.ended
      await place.remove()
    }
  }

  for (const moment of MOMENTS) {
    it(`SIGHUP is remembered and reloads once when the server is ready (${moment})`, () =>
      withSignalAt(moment, 'SIGHUP', async ({ child, prints, ended }) => {
        await prints(/config reloaded/)
        child.kill('SIGTERM')
        const { code, out } = await ended
        expect(code).to.equal(0)
        const messages = linesOf(out).map(({ msg }) => msg)
        expect(messages.filter((msg) => /config reloaded/.test(msg))).to.have.length(1)
        expect(messages.findIndex((msg) => /callback URL/.test(msg))).to.be.below(messages.findIndex((msg) => /config reloaded/.test(msg)))
      }))

    it(`SIGUSR1 and SIGUSR2 are ignored, and no debugger starts (${moment})`, async () => {
      for (const signal of ['SIGUSR1', 'SIGUSR2'])
        await withSignalAt(moment, signal, async ({ child, prints, ended }) => {
          await prints(new RegExp(`"signal":"${signal}","msg":"signal ignored"`))
          await prints(/callback URL/)
          child.kill('SIGTERM')
          expect(await ended).to.include({ code: 0, err: '' })
        })
    })

    it(`SIGTERM and SIGQUIT stop the server with exit code 0 (${moment})`, async () => {
      for (const signal of ['SIGTERM', 'SIGQUIT'])
        await withSignalAt(moment, signal, async ({ ended }) => {
          expect((await ended).code).to.equal(0)
        })
    })
  }
})

describe('a signal to a running server', () => {
  it('SIGQUIT and SIGINT drain like SIGTERM', async () => {
    for (const signal of ['SIGQUIT', 'SIGINT', 'SIGTERM'] as const)
      await withServer(yaml(undefined, '[audit]'), async (server) => {
        const answer = await send({ to: server.url, app: 1, token: 'T', command: groupDestroyed.command, body: groupDestroyed.sample })
        expect(answer.status).to.equal(200)
        const { code, out } = await server.stop(signal)
        expect(code).to.equal(0)
        expect(linesOf(out).at(-1)).to.include({ msg: 'stopped' })
        expect(linesOf(await readFile(join(server.dir, 'audit.jsonl'), 'utf8'))).to.have.length(1)
      })
  })

  it('SIGUSR1 starts no debugger, and SIGUSR2 does not end it', () =>
    withServer(yaml(), async (server) => {
      server.child.kill('SIGUSR1')
      await server.prints(/"signal":"SIGUSR1","msg":"signal ignored"/)
      server.child.kill('SIGUSR2')
      await server.prints(/"signal":"SIGUSR2","msg":"signal ignored"/)
      expect((await fetch(`${server.adminUrl}/health/live`)).status).to.equal(200)
      expect(await server.stop('SIGTERM')).to.include({ code: 0, err: '' })
    }))

  /** Runs the work with a server that has a delivery in flight, so that its stop takes seconds. Below a package manager if `script` says so. */
  const withHangingDelivery = async (script: string, work: (server: ProgramServer) => Promise<void>) => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    const hanging = new Promise((resolve) => silent.once('request', resolve))
    const config = yaml(`{ crm: { use: webhook, url: "${url}", unsigned: true, allow: ["127.0.0.0/8"] } }`, '[crm]')
    const run = async (server: ProgramServer) => {
      await send({ to: server.url, app: 1, token: 'T', command: groupDestroyed.command, body: groupDestroyed.sample })
      await hanging
      await work(server)
    }
    try {
      await withServer(config, run, { npm_lifecycle_script: script })
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  }

  it('the second signal ends it at once with exit code 70 [F16]', () =>
    withHangingDelivery('', async (server) => {
      server.child.kill('SIGTERM')
      await server.prints(/shutting down; a second signal exits at once/)
      expect((await server.stop('SIGTERM')).code).to.equal(70)
    }))

  it('below npm, npx or pnpm the same signal within a second is a forwarded one, and the server drains', () =>
    withHangingDelivery('tsc -b && callboard start --demo', async (server) => {
      server.child.kill('SIGINT')
      await server.prints(/shutting down; a second signal exits at once/)
      expect((await server.stop('SIGINT')).code).to.equal(0)
    }))

  for (const [what, options] of [
    ['a busy thread and a handle', ''],
    ['a thread that the operating system blocks', 'fifo: ./fifo'],
  ]) {
    it(`stops with exit code 0 within 10 s although a sink has left ${what}`, async () => {
      const place = await tempDirectory(yaml(`{ odd: { use: "${fixture('leaves-threads.ts')}", ${options} } }`, '[odd]'))
      execFileSync('mkfifo', [join(place.dir, 'fifo')])
      const server = await startServer({ cwd: place.dir })
      try {
        const askedAt = performance.now()
        expect((await server.stop('SIGTERM')).code).to.equal(0)
        expect(performance.now() - askedAt).to.be.below(MAX_STOP_MS)
      } finally {
        await server.stop()
        await place.remove()
      }
    })
  }
})

describe('a start that hangs', () => {
  it('ends within 10 s after SIGTERM, because the deadline holds from the signal on', async () => {
    // Each module may take 10 s to load.
    const place = await tempDirectory(yaml().replace('plugins: [', 'plugins: [./hangs.mjs, ./hangs-too.mjs, '))
    for (const name of ['hangs.mjs', 'hangs-too.mjs'])
      await writeFile(join(place.dir, name), "console.log('loading'); setInterval(() => {}, 1_000); await new Promise(() => {})")
    const started = startProgram(['start'], { cwd: place.dir })
    try {
      await started.prints(/loading/)
      const askedAt = performance.now()
      started.child.kill('SIGTERM')
      expect((await started.ended).code).to.equal(0)
      expect(performance.now() - askedAt).to.be.below(MAX_STOP_MS + 1_000)
    } finally {
      started.child.kill('SIGKILL')
      await place.remove()
    }
  })
})

describe('the root scripts', () => {
  for (const script of ['start', 'callboard'])
    it(`\`${script}\`: SIGTERM to its shell reaches the server, which stops with exit code 0`, async () => {
      const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
      const place = await tempDirectory(yaml())
      const line = `${scripts[script]} ${script === 'start' ? '' : 'start'} -c ${join(place.dir, 'callboard.yaml')}`
      const started = startShell(line, { cwd: root, env: { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` } })
      try {
        await started.prints(/callback URL/)
        started.child.kill('SIGTERM')
        const { code, out } = await started.ended
        expect(code).to.equal(0)
        expect(out).to.match(/"msg":"stopped"/)
      } finally {
        started.child.kill('SIGKILL')
        await place.remove()
      }
    })
})
