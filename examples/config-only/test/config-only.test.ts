import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'

const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }

describe('examples/config-only', () => {
  it('logs every callback, writes a disbanded group to a file and lists both events', () =>
    runExample(import.meta.url, async ({ dir, run, script }) => {
      const server = await script('start', env)
      const [, url] = await server.waitForOutput(/callback URL: ([^\s"]+)/)
      for (const command of ['Group.CallbackAfterGroupDestroyed', 'Profile.CallbackPortraitSet']) {
        const sending = run(`callboard send ${command} --to ${url}`, env)
        await sending.waitForOutput(/HTTP 200 \{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0\}/)
        expect(await sending.exitCode).to.equal(0)
      }
      await server.waitForOutput(/group @TGS#1 \(MyFirstGroup\) disbanded, 2 members/)
      await server.waitForOutput(/Profile\.CallbackPortraitSet/)
      const list = run('callboard events list', env)
      await list.waitForOutput(/Group\.CallbackAfterGroupDestroyed/)
      expect(await server.stop()).to.equal(0)
      const [line = '', ...others] = (await readFile(join(dir, 'data/Group.CallbackAfterGroupDestroyed.jsonl'), 'utf8')).split('\n')
      expect(others).to.deep.equal([''])
      expect(JSON.parse(line)).to.deep.include({ app: 1400000000, key: '@TGS#1' })
    }))
})
