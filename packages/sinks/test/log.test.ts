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
const live = (): AbortSignal => new AbortController().signal
const HOSTILE = 'a\n{"level":60}\r\u001b[31mred\u0007\u009b1m\u2028\u2029\u0000\u202etxt'
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** A log that writes into a list, one text for each write. */
const logging = (options: Parameters<ReturnType<typeof openLog>>[0] = {}, isTTY = false) => {
  const written: string[] = []
  const output = {
    isTTY,
    write: (text: string, done: () => void) => {
      written.push(text)
      done()
    },
    on: () => {},
    off: () => {},
  }
  const open = openLog(() => output)(options)
  return {
    written,
    write: async (given: Partial<Parameters<Awaited<typeof open>['write']>[0]>) =>
      (await open).write({ event, sink: 'log', attempt: 1, ...given }, live()),
    /** The one line that was written, as JSON. */
    json: () => JSON.parse(written.at(-1) ?? ''),
  }
}

describe('log, as JSON', () => {
  it("writes the hook's words with id, app, command and key", async () => {
    const { write, written, json } = logging()
    await write({ payload: 'group @TGS#1 disbanded' })
    expect(written).to.have.length(1)
    expect(written[0]).to.match(/^\{[^\n]*\}\n$/)
    const { time, ...line } = json()
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

  it('writes the fields that a hook gives beside its words', async () => {
    const { write, json } = logging()
    await write({ payload: { message: 'disbanded %s %d', fields: { members: 2, nested: { a: [1] } } } })
    expect(json())
      .to.include({ msg: 'disbanded %s %d', members: 2 })
      .and.have.deep.property('nested', { a: [1] })
  })

  it('lets no field of a hook pass for one of its own', async () => {
    const { write, written, json } = logging()
    await write({ payload: { message: 'm', fields: { id: 'x', level: 60, msg: 'x', time: 'x', key: 'x' } } })
    expect(json()).to.include({ id: event.id, level: 30, msg: 'm', key: '@TGS#1', id_: 'x', level_: 60, msg_: 'x', time_: 'x', key_: 'x' })
    expect(written[0]?.match(/"level":/g)).to.have.length(1)
  })

  it('says of an event without words what it is, and warns of one that nobody understood', async () => {
    const { write, json } = logging()
    await write({})
    expect(json()).to.include({ level: 30, msg: event.command })
    await write({ event: unknownEvent() })
    expect(json()).to.include({ level: 40, msg: 'Strange.CallbackAfterSomething (unknown: no plugin declares it)' })
    await write({ event: quarantinedEvent() })
    expect(json()).to.include({
      level: 40,
      msg: 'Group.CallbackAfterGroupDestroyed (quarantined: GroupId: expected string; Type: expected string, got nothing)',
    })
    expect(json()).not.to.have.property('key')
  })

  it('writes every event, as loud as it was told', async () => {
    for (const [level, number] of [
      ['debug', 20],
      ['info', 30],
      ['warn', 40],
      ['error', 50],
    ] as const) {
      const { write, json } = logging({ level })
      await write({ payload: 'x' })
      expect(json()).to.have.property('level', number)
      await write({ event: unknownEvent() })
      expect(json()).to.have.property('level', Math.max(40, number))
    }
  })

  it('stays one line without a control in it, and loses nothing of the text', async () => {
    const { write, written, json } = logging()
    await write({ event: { ...event, key: HOSTILE }, payload: { message: HOSTILE, fields: { [HOSTILE]: HOSTILE } } })
    expect(written[0]?.slice(0, -1)).not.to.match(CONTROLS)
    expect(json()).to.include({ msg: HOSTILE, key: HOSTILE, [HOSTILE]: HOSTILE })
  })

  it('stays short', async () => {
    const { write, written, json } = logging()
    const long = 'x'.repeat(1_000_000)
    await write({ event: { ...event, key: long, command: long }, payload: { message: long, fields: { long } } })
    expect(written[0]?.length).to.be.below(8 * 1024)
    expect(json().msg.endsWith('…')).to.equal(true)
    expect(json()).to.have.property('left_out', 'fields of 1000011 characters')
  })
})

describe('log, for a person', () => {
  it('is what a terminal gets, and nobody else', async () => {
    const terminal = logging({}, true)
    await terminal.write({ payload: 'group @TGS#1 disbanded' })
    expect(terminal.written[0])
      .to.match(/group @TGS#1 disbanded/)
      .and.not.match(/^\{/)
    const asked = logging({ format: 'json' }, true)
    await asked.write({ payload: 'x' })
    expect(asked.json()).to.have.property('msg', 'x')
    const pretty = logging({ format: 'pretty' })
    await pretty.write({ payload: { message: 'disbanded', fields: { members: 2 } } })
    expect(pretty.written[0]).to.match(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: disbanded \{.*"members":2.*\}\n$/)
    expect(pretty.written[0]).to.contain(event.id)
  })

  it('stays one line, and steers no terminal, whatever the texts hold', async () => {
    const { write, written } = logging({ format: 'pretty' })
    await write({
      event: { ...event, key: HOSTILE, command: HOSTILE },
      payload: { message: HOSTILE, fields: { [HOSTILE]: [HOSTILE, { [HOSTILE]: HOSTILE }] } },
    })
    await write({ event: unknownEvent({ command: HOSTILE }) })
    await write({ event: quarantinedEvent({ reasons: [HOSTILE] }) })
    for (const line of written) expect(line.slice(0, -1)).not.to.match(CONTROLS)
    expect(written[0]).to.contain('a\\u000a{"level":60}\\u000d\\u001b[31mred')
  })
})

describe('log, on its way out', () => {
  const held = async () => {
    const waiting: ((error?: Error) => void)[] = []
    const listeners = new Set<unknown>()
    const output = {
      write: (_: string, done: (error?: Error | null) => void) => void waiting.push(done),
      on: (_: string, listener: unknown) => listeners.add(listener),
      off: (_: string, listener: unknown) => listeners.delete(listener),
    }
    const open = await openLog(() => output)({})
    return { open, waiting, listeners }
  }
  const delivery = { event, sink: 'log', attempt: 1 }
  const outcome = (work: unknown) =>
    Promise.resolve(work).then(
      () => 'delivered',
      (error: Error) => error.message,
    )

  it('is delivered once the output has the line, and not when it has not', async () => {
    const { open, waiting } = await held()
    const first = outcome(open.write(delivery, live()))
    const second = outcome(open.write(delivery, live()))
    expect(await Promise.race([first, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).to.equal('waiting')
    waiting[0]?.()
    waiting[1]?.(new Error('EPIPE'))
    expect([await first, await second]).to.deep.equal(['delivered', 'EPIPE'])
  })

  it('stops waiting for an output that is stuck', async () => {
    const { open } = await held()
    const stop = new AbortController()
    const writing = outcome(open.write(delivery, stop.signal))
    stop.abort(new Error('late'))
    expect(await writing).to.equal('late')
    expect(await outcome(open.write(delivery, stop.signal))).to.equal('late')
  })

  it('leaves no listener behind', async () => {
    const { open, listeners } = await held()
    expect(listeners.size).to.equal(1)
    await open.close?.()
    expect(listeners.size).to.equal(0)
  })

  it('ends no process whose pipe nobody reads any more: the delivery fails', async () => {
    const script = `
      import { log } from '@callboard/sinks'
      const open = await log().open({ name: 'log', log: { info() {}, warn() {}, error() {} }, now: Date.now, concurrency: 1 })
      const event = { id: '1', app: 1, command: 'A.B', status: 'accepted', receivedAt: 0, query: {}, body: {}, raw: new Uint8Array() }
      const write = () => open.write({ event, sink: 'log', attempt: 1 }, new AbortController().signal)
      await write()
      process.stdin.once('data', () => write().then(() => process.exit(1), (error) => { console.error(error.code); process.exit(0) }))
    `
    const child = spawn(process.execPath, ['--conditions=@callboard/source', '--input-type=module', '--eval', script], {
      cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
    })
    const errors: string[] = []
    child.stderr.on('data', (chunk) => errors.push(String(chunk)))
    const ended = once(child, 'exit')
    const [first] = await once(child.stdout, 'data')
    expect(JSON.parse(String(first))).to.have.property('msg', 'A.B')
    child.stdout.destroy()
    await once(child.stdout, 'close')
    child.stdin.write('go\n')
    expect((await ended)[0], errors.join('')).to.equal(0)
    expect(errors.join('')).to.match(/EPIPE/)
  })
})

describe('the options of log', () => {
  const problems = (given: unknown) => log.configure(given).problems.map(({ path, message }) => [...path, message].join(': '))

  it('are a format and a level', () => {
    expect(problems({})).to.deep.equal([])
    expect(problems({ format: 'pretty', level: 'warn' })).to.deep.equal([])
    expect(problems({ format: 'xml' })).to.deep.equal(['format: expected "auto" or "json" or "pretty"'])
    expect(problems({ level: 'trace', colour: true })).to.deep.equal([
      'level: expected "debug" or "info" or "warn" or "error"',
      'colour: unknown key',
    ])
  })
})
