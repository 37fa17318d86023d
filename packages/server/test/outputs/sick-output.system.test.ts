import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type SendResult, send } from '@callboard/testing'
import { expect } from 'chai'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { prints } from '../fixtures/prints.ts'
import { bin, linesOf, startShell, tempDirectory, withServer } from '../program.ts'
import { eventually, type OutputName, type Sickness, startWithSickOutput, TERMINAL_SICKNESSES } from './sick-output.ts'

const GENUINE = 150
const QUARANTINED = 30
const FORGED = 10
const CONNECTIONS = 8
const MAX_ANSWER_MS = 1_000
const MAX_STOP_MS = 10_000

const config = (logSink: boolean) => `
apps: [{ sdkAppId: 1, tokens: [T] }]
plugins: ["${fileURLToPath(new URL('../fixtures/prints.ts', import.meta.url))}"]
sinks:
  audit: { use: file, path: ./audit.jsonl }
  absent: { use: webhook, url: "http://127.0.0.1:1/", unsigned: true, allow: ["127.0.0.0/8"], retry: 10ms 10ms }
  ${logSink ? 'out: { use: log, timeout: 500ms }' : ''}
routes: { "*": [audit, absent${logSink ? ', out' : ''}] }
`

const checkCell = async (output: OutputName, sickness: Sickness, logSink: boolean) => {
  const server = await startWithSickOutput(output, sickness, config(logSink))
  try {
    const post = (body: object, token = 'T') => send({ to: server.url, app: 1, command: prints.command, body, token })
    const answers = new Map<string, number>()
    const slow: number[] = []
    const forEach = async (kind: string, count: number, sendOne: (n: number) => Promise<SendResult>) => {
      let next = 0
      const loop = async () => {
        while (next < count) {
          const { status, ms } = await sendOne(next++)
          const key = `${kind}: ${status}`
          answers.set(key, (answers.get(key) ?? 0) + 1)
          if (status === 200 && ms > MAX_ANSWER_MS) slow.push(ms)
        }
      }
      await Promise.all(Array.from({ length: CONNECTIONS }, loop))
    }
    await forEach('genuine', GENUINE, (n) => post({ GroupId: '@TGS#1', MsgKey: `a${n}` }))
    await forEach('quarantined', QUARANTINED, (n) => post({ GroupId: n }))
    await forEach('forged', FORGED, () => post({}, 'wrong'))
    server.signal('SIGHUP')
    await forEach('genuine', GENUINE, (n) => post({ GroupId: '@TGS#1', MsgKey: `b${n}` }))
    expect(Object.fromEntries(answers)).to.deep.equal({
      'genuine: 200': 2 * GENUINE,
      'quarantined: 200': QUARANTINED,
      'forged: 403': FORGED,
    })
    expect((await fetch(`${server.adminUrl}/health/live`)).status).to.equal(200)
    expect(slow).to.deep.equal([])

    await eventually(async () => linesOf(await server.read('audit.jsonl')).length === 2 * GENUINE || undefined)
    const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text()
    expect(metrics).to.match(/^callboard_config_last_reload_successful 1$/m)
    const dropped = Number(/^callboard_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1])
    if (['its reader has left', 'its disk is full'].includes(sickness)) expect(dropped).to.be.above(0)

    const askedAt = performance.now()
    server.signal('SIGTERM')
    expect(await server.exitCode()).to.equal(0)
    expect(performance.now() - askedAt).to.be.below(MAX_STOP_MS)
  } finally {
    await server.close()
  }
}

describe('the built program answers and delivers to other sinks, and stops with exit code 0', () => {
  before(function () {
    skipWithout(this, whyNotRunnable('script', '--version'))
  })

  const sicknesses: readonly Sickness[] = ['its reader has left', 'its disk is full', 'its reader sleeps', ...TERMINAL_SICKNESSES]
  for (const output of ['stdout', 'stderr', 'both'] as const) {
    for (const sickness of sicknesses) {
      for (const logSink of output === 'stdout' ? [true, false] : [true]) {
        it(`when ${output} fails because ${sickness}, ${logSink ? 'with' : 'without'} a log sink`, () =>
          checkCell(output, sickness, logSink))
      }
    }
  }
})

describe('the log of the built program', () => {
  // This plugin prints nothing.
  const quietConfig = config(true).replace(/plugins: .*/, 'plugins: ["@callboard/plugin-group-destroyed"]')
  const { command, sample } = groupDestroyed

  it('says how many lines it dropped once its output has a reader again, and every line is JSON', async () => {
    const server = await startWithSickOutput('stdout', 'its reader has left', quietConfig)
    try {
      for (let n = 0; n < FORGED; n++) await send({ to: server.url, app: 1, command, body: {}, token: 'wrong' })
      const stream = createReadStream(join(server.dir, 'fifo'), { encoding: 'utf8' })
      await once(stream, 'open')
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      server.signal('SIGUSR2')
      await eventually(async () => text.includes('log lines dropped') || undefined)
      const report = linesOf(text.slice(0, text.lastIndexOf('\n'))).find(({ msg }) => msg === 'log lines dropped')
      const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text()
      expect(report.dropped).to.be.above(0)
      expect(metrics).to.match(new RegExp(`^callboard_log_lines_dropped_total ${report.dropped}$`, 'm'))
      stream.destroy()
    } finally {
      await server.close()
    }
  })

  it('is complete and every line is JSON when standard output is a file', async () => {
    const place = await tempDirectory(`listen: { port: 0 }\nadmin: { port: 0 }\n${quietConfig}`)
    const started = startShell(`exec '${process.execPath}' '${bin}' start > out.log`, { cwd: place.dir })
    const lines = async () => linesOf(await readFile(join(place.dir, 'out.log'), 'utf8'))
    try {
      const announced = (pattern: RegExp) =>
        eventually(async () => (await lines()).map(({ msg }) => pattern.exec(msg)?.[1]).find((match) => match !== undefined))
      const url = await announced(/callback URL: (\S+)/)
      for (let n = 0; n < QUARANTINED; n++) await send({ to: url, app: 1, command, body: { ...sample, GroupId: `${n}` }, token: 'T' })
      const delivered = async () => (await lines()).filter(({ id, key }) => id !== undefined && key !== undefined)
      await eventually(async () => (await delivered()).length === QUARANTINED || undefined)
      started.child.kill('SIGTERM')
      expect((await started.ended).code).to.equal(0)
      expect((await lines()).at(-1)).to.include({ msg: 'stopped' })
    } finally {
      started.child.kill('SIGKILL')
      await place.remove()
    }
  })
})

describe('an error that nothing catches ends the built program with exit code 70', () => {
  const yaml = `
apps: [{ sdkAppId: 1, tokens: [T] }]
journal: { use: memory }
plugins: ["${fileURLToPath(new URL('../fixtures/throws-later.ts', import.meta.url))}"]
sinks: { audit: { use: file, path: ./audit.jsonl } }
routes: { "*": [audit] }
`
  const provoke = (url: string, How: string) => send({ to: url, app: 1, command: 'Test.CallbackAfterThrow', body: { How }, token: 'T' })

  for (const [how, message] of [
    ['throw', 'thrown later'],
    ['reject', 'rejected later'],
    ['throw an object that throws', undefined],
  ] as const) {
    it(`and is logged once (${how}) [F17]`, () =>
      withServer(`listen: { port: 0 }\nadmin: { port: 0 }\n${yaml}`, async ({ url, ended }) => {
        await provoke(url, how)
        const { code, out } = await ended
        expect(code).to.equal(70)
        const messages = linesOf(out).flatMap(({ err }) => (err === undefined ? [] : [err.message]))
        if (message !== undefined) expect(messages).to.deep.equal([message])
      }))
  }

  for (const sickness of ['its reader has left', 'its disk is full', 'its reader sleeps', 'Ctrl-S has stopped its terminal'] as const) {
    it(`when stdout and stderr fail because ${sickness} [F17]`, async () => {
      const server = await startWithSickOutput('both', sickness, yaml)
      try {
        await provoke(server.url, 'throw')
        expect(await server.exitCode()).to.equal(70)
      } finally {
        await server.close()
      }
    })
  }
})

describe('a command that only prints', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  before(async () => {
    place = await tempDirectory()
  })
  after(() => place?.remove())

  /** Makes descriptor 4 a pipe whose reader has left. */
  const leave = 'mkfifo pipe; exec 3<>pipe 4>pipe 3<&-;'

  const exitCodeOf = async (redirection: string, first = '') => {
    const line = `${first} { '${process.execPath}' '${bin}' config schema; echo "code $?" >&2; } ${redirection}`
    return /code (\d+)/.exec((await startShell(line, { cwd: place.dir }).ended).err)?.[1]
  }

  it('ends with 0 if the reader of its output leaves or has left, and with 74 if the disk of its output is full', async () => {
    expect(await exitCodeOf('| head -c 1')).to.equal('0')
    expect(await exitCodeOf('>&4', leave)).to.equal('0')
    expect(await exitCodeOf('> /dev/full')).to.equal('74')
  })
})
