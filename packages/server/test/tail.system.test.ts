import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { linesOf, type RunningProgram, runProgram, startProgram, startServer, tempDirectory } from './program.ts'

const COMMAND = 'Group.CallbackAfterGroupDestroyed'
const yaml = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
routes: { "*": [log] }
`

describe('callboard tail in the built program', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  const running: RunningProgram[] = []

  beforeEach(async () => {
    place = await tempDirectory(yaml)
  })
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    await Promise.all(running.splice(0).map(({ ended }) => ended))
    await place.remove()
  })

  const run = (...args: string[]): RunningProgram => {
    const started = startProgram(args, { cwd: place.dir })
    running.push(started)
    return started
  }
  const start = async () => {
    const server = await startServer({ cwd: place.dir })
    running.push(server)
    return { server, send: (group: string) => server.callboard('send', COMMAND, '--to', server.url, '--set', `GroupId=${group}`) }
  }
  const stop = async ({ child, ended }: RunningProgram, signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await ended).code
  }

  it('shows each event once across a crash and a restart of the server, and exits 0', async () => {
    const tail = run('tail', '--json')
    const first = await start()
    await first.send('a')
    await tail.prints(/"key":"a"/)
    await stop(first.server, 'SIGKILL')
    const second = await start()
    await second.send('b')
    await tail.prints(/"key":"b"/)
    expect(await stop(second.server, 'SIGTERM')).to.equal(0)
    const third = await start()
    await third.send('c')
    await tail.prints(/"key":"c".*\n/)

    const { out } = await runProgram(['events', 'list', '--json'], { cwd: place.dir })
    expect(await stop(tail, 'SIGTERM')).to.equal(0)
    const shown = linesOf((await tail.ended).out)
    expect(shown.map(({ key }) => key)).to.deep.equal(['a', 'b', 'c'])
    // The state of a delivery may differ by now. Everything else is as `events list` shows it.
    const withoutStates = ({ deliveries, ...event }: { deliveries: readonly { sink: string }[] }) => ({
      ...event,
      sinks: deliveries.map(({ sink }) => sink),
    })
    expect(shown.map(withoutStates)).to.deep.equal(linesOf(out).toReversed().map(withoutStates))
  })

  it('follows a new journal file that replaces the old one', async () => {
    const first = await start()
    await first.send('a')
    const tail = run('tail', '--json')
    await tail.prints(/"key":"a"/)
    await stop(first.server, 'SIGTERM')
    await rename(join(place.dir, 'data'), join(place.dir, 'old'))
    const second = await start()
    await second.send('b')
    await tail.prints(/"key":"b"/)
  })

  it('waits for a journal file, escapes control characters, and exits 0 on Ctrl-C [F72]', async () => {
    const tail = run('tail', '--key', 'a\u001b[2J')
    const { stderr } = tail.child
    expect(String(await (stderr && once(stderr, 'data')))).to.match(/^no journal at \S+callboard\.db: waiting for `callboard start`/)
    const { send } = await start()
    await send('other')
    await send('a\u001b[2J')
    await tail.prints(/\n/)
    expect(await stop(tail, 'SIGINT')).to.equal(0)
    const { out, err } = await tail.ended
    expect(out).to.match(/^\S+ {2}\S+ {2}1400000000 {2}Group\.CallbackAfterGroupDestroyed {2}a\\u001b\[2J {2}log:\w+\n$/)
    expect(err.split('\n')).to.have.length(2)
  })

  it('exits 0 when the reader of its pipe closes', async () => {
    const { send } = await start()
    await send('a')
    const tail = run('tail')
    await tail.prints(/\n/)
    tail.child.stdout?.destroy()
    await send('b')
    expect((await tail.ended).code).to.equal(0)
  })

  it('exits 69 for a journal in memory', async () => {
    const { dir, remove } = await tempDirectory(yaml.replace(/use: sqlite, path: \S+/, 'use: memory'))
    const { code, err } = await runProgram(['tail'], { cwd: dir })
    expect(code).to.equal(69)
    expect(err).to.contain('cannot read the journal: `use: memory` exists only inside the server')
    await remove()
  })
})
