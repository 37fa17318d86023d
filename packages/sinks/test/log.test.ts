import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { log } from '@callboard/sinks'
import { eventOf, quarantinedEvent, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { openLog } from '../src/log/open-log.ts'

const event = eventOf(groupDestroyed)
const neverAborted = (): AbortSignal => new AbortController().signal
const HOSTILE = 'a\n{"level":60}\r\u001b[31mred\u0007\u009b1m\u2028\u2029\u0000\u202etxt'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the test matches the control characters that a line must not contain
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

const resultOf = (work: unknown) =>
  Promise.resolve(work).then(
    () => 'delivered',
    (error: Error) => error.message,
  )

/** Opens a log sink that appends the text of each write to a list. */
const openTestLog = (options: Parameters<ReturnType<typeof openLog>>[0] = {}, isTTY = false) => {
  const outputTexts: string[] = []
  const output = {
    isTTY,
    write: async (text: string) => {
      outputTexts.push(text)
    },
    ignoreErrors: () => () => {},
  }
  const open = openLog(() => output)(options)
  return {
    outputTexts,
    write: async (changes: Partial<Parameters<Awaited<typeof open>['write']>[0]>) =>
      (await open).write({ event, sink: 'log', attempt: 1, ...changes }, neverAborted()),
    /** Parses the last line as JSON. */
    lastLine: () => JSON.parse(outputTexts.at(-1) ?? ''),
  }
}

describe('log sink in JSON format', () => {
  it('writes a string payload as `msg` with id, app, command and key', async () => {
    const { write, outputTexts, lastLine } = openTestLog()
    await write({ payload: 'group @TGS#1 disbanded' })
    expect(outputTexts).to.have.length(1)
    expect(outputTexts[0]).to.match(/^\{[^\n]*\}\n$/)
    const { time, ...line } = lastLine()
    expect(line).to.deep.equal({
      level: 30,
      id: event.id,
      app: 1_400_000_000,
      command: event.command,
      key: '@TGS#1',
      msg: 'group @TGS#1 disbanded',
    })
    expect(new Date(time).toISOString()).to.equal(time)
  })

  it('writes the fields of a payload that has `message` and `fields`', async () => {
    const { write, lastLine } = openTestLog()
    await write({ payload: { message: 'disbanded %s %d', fields: { members: 2, nested: { a: [1] } } } })
    expect(lastLine())
      .to.include({ msg: 'disbanded %s %d', members: 2 })
      .and.have.deep.property('nested', { a: [1] })
  })

  it('renames a payload field whose name equals a field of the sink', async () => {
    const { write, outputTexts, lastLine } = openTestLog()
    await write({ payload: { message: 'm', fields: { id: 'x', level: 60, msg: 'x', time: 'x', key: 'x' } } })
    expect(lastLine()).to.include({
      id: event.id,
      level: 30,
      msg: 'm',
      key: '@TGS#1',
      id_: 'x',
      level_: 60,
      msg_: 'x',
      time_: 'x',
      key_: 'x',
    })
    expect(outputTexts[0]?.match(/"level":/g)).to.have.length(1)
  })

  it('writes the command of an event without a payload and uses level warn for unknown and quarantined events', async () => {
    const { write, lastLine } = openTestLog()
    await write({})
    expect(lastLine()).to.include({ level: 30, msg: event.command })
    await write({ event: unknownEvent() })
    expect(lastLine()).to.include({ level: 40, msg: 'Strange.CallbackAfterSomething (unknown: no plugin declares it)' })
    await write({ event: quarantinedEvent() })
    expect(lastLine()).to.include({
      level: 40,
      msg: 'Group.CallbackAfterGroupDestroyed (quarantined: GroupId: expected string)',
    })
    expect(lastLine()).not.to.have.property('key')
  })

  it('writes each event at the configured level, and unknown events at level warn or above', async () => {
    for (const [level, number] of [
      ['debug', 20],
      ['info', 30],
      ['warn', 40],
      ['error', 50],
    ] as const) {
      const { write, lastLine } = openTestLog({ level })
      await write({ payload: 'x' })
      expect(lastLine()).to.have.property('level', number)
      await write({ event: unknownEvent() })
      expect(lastLine()).to.have.property('level', Math.max(40, number))
    }
  })

  it('escapes control characters so that an event is one line and the text is complete', async () => {
    const { write, outputTexts, lastLine } = openTestLog()
    await write({ event: { ...event, key: HOSTILE }, payload: { message: HOSTILE, fields: { [HOSTILE]: HOSTILE } } })
    expect(outputTexts[0]?.slice(0, -1)).not.to.match(CONTROLS)
    expect(lastLine()).to.include({ msg: HOSTILE, key: HOSTILE, [HOSTILE]: HOSTILE })
  })

  it('truncates long texts and fields so that a line is below 8 KiB', async () => {
    const { write, outputTexts, lastLine } = openTestLog()
    const long = 'x'.repeat(1_000_000)
    await write({ event: { ...event, key: long, command: long }, payload: { message: long, fields: { long } } })
    expect(outputTexts[0]?.length).to.be.below(8 * 1024)
    expect(lastLine().msg.endsWith('…')).to.equal(true)
    expect(lastLine()).to.have.property('left_out', 'fields of 1000011 characters')
  })
})

describe('log sink in pretty format', () => {
  it('is the default on a terminal and otherwise needs `format: pretty`', async () => {
    const terminal = openTestLog({}, true)
    await terminal.write({ payload: 'group @TGS#1 disbanded' })
    expect(terminal.outputTexts[0])
      .to.match(/group @TGS#1 disbanded/)
      .and.not.match(/^\{/)
    const explicitJson = openTestLog({ format: 'json' }, true)
    await explicitJson.write({ payload: 'x' })
    expect(explicitJson.lastLine()).to.have.property('msg', 'x')
    const pretty = openTestLog({ format: 'pretty' })
    await pretty.write({ payload: { message: 'disbanded', fields: { members: 2 } } })
    expect(pretty.outputTexts[0]).to.match(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: disbanded \{.*"members":2.*\}\n$/)
    expect(pretty.outputTexts[0]).to.contain(event.id)
  })

  it('escapes control characters so that an event is one line without terminal escape sequences', async () => {
    const { write, outputTexts } = openTestLog({ format: 'pretty' })
    await write({
      event: { ...event, key: HOSTILE, command: HOSTILE },
      payload: { message: HOSTILE, fields: { [HOSTILE]: [HOSTILE, { [HOSTILE]: HOSTILE }] } },
    })
    await write({ event: unknownEvent({ command: HOSTILE }) })
    await write({ event: quarantinedEvent({ reasons: [HOSTILE] }) })
    for (const line of outputTexts) expect(line.slice(0, -1)).not.to.match(CONTROLS)
    expect(outputTexts[0]).to.contain('a\\u000a{"level":60}\\u000d\\u001b[31mred')
  })
})

describe('log sink output', () => {
  it('resolves when the output has the line, rejects when the write fails, and passes its signal on', async () => {
    const written = Promise.withResolvers<void>()
    const signals: (AbortSignal | undefined)[] = []
    const write = (_: string, signal?: AbortSignal) => {
      signals.push(signal)
      return written.promise
    }
    const writer = await openLog(() => ({ isTTY: false, write, ignoreErrors: () => () => {} }))({})
    const signal = neverAborted()
    const writing = resultOf(writer.write({ event, sink: 'log', attempt: 1 }, signal))
    expect(await Promise.race([writing, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).to.equal('waiting')
    written.reject(new Error('EPIPE'))
    expect(await writing).to.equal('EPIPE')
    expect(signals).to.deep.equal([signal])
  })

  it('ignores errors of the output until it closes', async () => {
    const calls: string[] = []
    const ignoreErrors = () => {
      calls.push('ignore')
      return () => void calls.push('stop ignoring')
    }
    const writer = await openLog(() => ({ isTTY: false, write: async () => {}, ignoreErrors }))({})
    expect(calls).to.deep.equal(['ignore'])
    await writer.close?.()
    expect(calls).to.deep.equal(['ignore', 'stop ignoring'])
  })

  it('rejects the write and does not end the process if the reader of stdout closes the pipe', async () => {
    const script = `
      import { log } from '@callboard/sinks'
      const writer = await log().open({ name: 'log', log: { info() {}, warn() {}, error() {} }, now: Date.now, concurrency: 1 })
      const event = { id: '1', app: 1, command: 'A.B', status: 'accepted', receivedAt: 0, query: {}, body: {}, raw: new Uint8Array() }
      const write = () => writer.write({ event, sink: 'log', attempt: 1 }, new AbortController().signal)
      await write()
      process.stdin.once('data', () => write().then(() => process.exit(1), (error) => { console.error(error.code); process.exit(0) }))
    `
    const child = spawn(process.execPath, ['--conditions=@callboard/source', '--input-type=module', '--eval', script], {
      cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
    })
    const errors: string[] = []
    child.stderr.on('data', (chunk) => errors.push(String(chunk)))
    const exited = once(child, 'exit')
    const [first] = await once(child.stdout, 'data')
    expect(JSON.parse(String(first))).to.have.property('msg', 'A.B')
    child.stdout.destroy()
    await once(child.stdout, 'close')
    child.stdin.write('go\n')
    expect((await exited)[0], errors.join('')).to.equal(0)
    expect(errors.join('')).to.match(/EPIPE/)
  })
})

describe('log sink options', () => {
  const problems = (options: unknown) => log.configure(options).problems.map(({ path, message }) => [...path, message].join(': '))

  it('accept `format` and `level` and reject unknown values and keys', () => {
    expect(problems({})).to.deep.equal([])
    expect(problems({ format: 'pretty', level: 'warn' })).to.deep.equal([])
    expect(problems({ format: 'xml' })).to.deep.equal(['format: expected "auto" or "json" or "pretty"'])
    expect(problems({ level: 'trace', colour: true })).to.deep.equal([
      'level: expected "debug" or "info" or "warn" or "error"',
      'colour: unknown key',
    ])
  })
})
