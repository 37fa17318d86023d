import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { inCopy } from '../../running.ts'

const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }

describe('examples/config-only', () => {
  it('logs what is sent to it, writes the disbanded group to its file, and lists both', () =>
    inCopy(import.meta.url, async ({ dir, run, script }) => {
      const server = await script('start', env)
      const [, url] = await server.prints(/callback URL: ([^\s"]+)/)
      for (const command of ['Group.CallbackAfterGroupDestroyed', 'Profile.CallbackPortraitSet']) {
        const sending = run(`callboard send ${command} --to ${url}`, env)
        await sending.prints(/HTTP 200 \{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0\}/)
        expect(await sending.ended).to.equal(0)
      }
      await server.prints(/group @TGS#1 \(MyFirstGroup\) disbanded, 2 members/)
      await server.prints(/Profile\.CallbackPortraitSet/)
      const list = run('callboard events list', env)
      await list.prints(/Group\.CallbackAfterGroupDestroyed/)
      expect(await server.stop()).to.equal(0)
      const [line = '', ...others] = (await readFile(join(dir, 'data/Group.CallbackAfterGroupDestroyed.jsonl'), 'utf8')).split('\n')
      expect(others).to.deep.equal([''])
      expect(JSON.parse(line)).to.deep.include({ app: 1400000000, key: '@TGS#1' })
    }))
})
