import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { linesOf, runProgram, type Started, startProgram, workplace } from './program.ts'

const COMMAND = 'Test.CallbackAfterSpin'

const yaml = `
apps: [{ sdkAppId: 1, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: memory }
plugins: ["${fileURLToPath(new URL('./fixtures/spins.ts', import.meta.url))}"]
sinks: { audit: { use: file, path: ./audit.jsonl } }
routes: { "*": [audit] }
`

describe('the watchdog of the event loop, on the real program', () => {
  let place: Awaited<ReturnType<typeof workplace>>
  let server: Started

  const spin = async (ms: number) => {
    place = await workplace(yaml)
    server = startProgram(['start'], { cwd: place.dir })
    const [, url = ''] = await server.prints(/callback URL: (\S+?)[\s"]/)
    return runProgram(['send', COMMAND, '--to', url, '--app', '1', '--token', 'T', '--set', `Ms=${ms}`], { cwd: place.dir })
  }
  afterEach(async () => {
    server.child.kill('SIGKILL')
    await server.ended
    await place.remove()
  })

  it('names the plugin whose hook does not come back, while it has not', async () => {
    // It was answered before: what delays the sinks of an event delays no answer to it.
    expect(await spin(3_600_000)).to.include({ code: 0 })
    const [line = ''] = await server.prints(/^.*event loop blocked.*$/m)
    const [told] = linesOf(line)
    expect(told).to.include({ level: 50, owner: 'plugin', name: COMMAND, ms: 1_000 })
    expect(told.msg).to.equal('event loop blocked; no callback is answered')
  })

  it('says so when the event loop goes on', async () => {
    await spin(1_900)
    await server.prints(/"ms":1\d\d\d,"msg":"event loop running again"/)
  })
})
