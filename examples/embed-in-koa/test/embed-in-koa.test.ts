import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { inCopy } from '../../running.ts'

describe('examples/embed-in-koa', () => {
  it('answers OK, and hands the event to the log and to the app’s own function', () =>
    inCopy(import.meta.url, async ({ script }) => {
      const app = await script('start', { IM_APP: '1400000000', IM_TOKEN: 'secret', PORT: '0' })
      const [, port] = await app.prints(/"port":(\d+)/)
      const answer = await send({
        to: `http://127.0.0.1:${port}/callback`,
        app: 1400000000,
        token: 'secret',
        command: groupDestroyed.command,
        body: groupDestroyed.sample,
      })
      expect(answer.text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
      await app.prints(/group @TGS#1 is gone/)
      await app.prints(/group @TGS#1 \(MyFirstGroup\) disbanded, 2 members/)
      expect(await app.stop()).to.equal(0)
    }))
})
