import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'

describe('examples/embed-in-koa', () => {
  it('serves the app’s own routes and delivers a callback to the log and to the app’s function', () =>
    runExample(import.meta.url, async ({ script }) => {
      const app = await script('start', { IM_APP: '1400000000', IM_TOKEN: 'secret', PORT: '0' })
      const [, port] = await app.waitForOutput(/"port":(\d+)/)
      const url = `http://127.0.0.1:${port}`
      const headers = { 'content-type': 'application/json' }
      const post = (body: string) => fetch(`${url}/groups`, { method: 'POST', headers, body })
      const groups = async () => (await fetch(`${url}/groups`)).json()

      const group = { id: '@TGS#1', name: 'MyFirstGroup' }
      expect((await post(JSON.stringify(group))).status).to.equal(201)
      expect(await groups()).to.deep.equal([group])
      const refused = await post('{"id":1}')
      expect(refused.status).to.equal(400)
      expect(await refused.json()).to.deep.equal({ error: 'expected {"id": "...", "name": "..."}' })
      expect((await post('{"id":')).status).to.equal(400)

      const answer = await send({
        to: `${url}/callback`,
        app: 1400000000,
        token: 'secret',
        command: groupDestroyed.command,
        body: groupDestroyed.sample,
      })
      expect(answer.text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
      await app.waitForOutput(/group @TGS#1 is forgotten/)
      await app.waitForOutput(/group @TGS#1 \(MyFirstGroup\) disbanded, 2 members/)
      expect(await groups()).to.deep.equal([])
      expect(await app.stop()).to.equal(0)
    }))
})
