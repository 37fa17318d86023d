import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { linesOf, type ProgramServer, withServer } from './program.ts'

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

describe('the event loop watchdog of the built program', () => {
  const spin = ({ callboard, url }: ProgramServer, ms: number) =>
    callboard('send', COMMAND, '--to', url, '--app', '1', '--token', 'T', '--set', `Ms=${ms}`)

  it('names the plugin whose hook blocks, while it blocks', () =>
    withServer(yaml, async (server) => {
      // The answer left before the hook ran.
      expect(await spin(server, 3_600_000)).to.include({ code: 0 })
      const [line = ''] = await server.prints(/^.*event loop blocked.*$/m)
      const [told] = linesOf(line)
      expect(told).to.include({ level: 50, owner: 'plugin', name: COMMAND, ms: 1_000 })
      expect(told.msg).to.equal('event loop blocked; no callback is answered')
    }))

  it('logs how long the event loop was blocked once it runs again', () =>
    withServer(yaml, async (server) => {
      await spin(server, 1_900)
      await server.prints(/"ms":1\d\d\d,"msg":"event loop running again"/)
    }))
})
