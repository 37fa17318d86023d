import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'

describe('examples/embed-in-koa', () => {
  it('answers OK, and hands the event to the log and to the app’s own function', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'callboard-example-'))
    const app = spawn(process.execPath, [fileURLToPath(new URL('../index.ts', import.meta.url))], {
      cwd: dir,
      env: { ...process.env, IM_APP: '1400000000', IM_TOKEN: 'secret', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    let look = () => {}
    app.stdout.on('data', (data) => {
      out += data
      look()
    })
    const ended = new Promise((resolve) => app.on('close', resolve))
    const prints = (text: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        look = () => {
          const found = text.exec(out)
          if (found) resolve(found)
        }
        look()
        ended.then(() => reject(new Error(`ended before it printed ${text}\n${out}`)))
      })
    try {
      const [, port] = await prints(/"port":(\d+)/)
      const answer = await send({
        to: `http://127.0.0.1:${port}/callback`,
        app: 1400000000,
        token: 'secret',
        command: groupDestroyed.command,
        body: groupDestroyed.sample,
      })
      expect(answer.text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
      await prints(/group @TGS#1 is gone/)
      await prints(/group @TGS#1 \(MyFirstGroup\) disbanded, 2 members/)
    } finally {
      app.kill('SIGTERM')
      expect(await ended).to.equal(0)
      await rm(dir, { recursive: true })
    }
  })
})
