import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'

describe('examples/forward-to-another-system', () => {
  it('posts the event with a valid signature, and the receiver rejects a forged request', () =>
    runExample(import.meta.url, async ({ script }) => {
      const CRM_SECRET = `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`
      const receiver = await script('receiver', { CRM_SECRET, CRM_PORT: '0' })
      const [, port] = await receiver.waitForOutput(/"port":(\d+)/)
      const CRM_URL = `http://127.0.0.1:${port}/`
      const server = await script('start', { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0', CRM_SECRET, CRM_URL })
      const [, to = ''] = await server.waitForOutput(/callback URL: ([^\s"]+)/)

      const forged = await fetch(CRM_URL, { method: 'POST', body: '{"GroupId":"forged"}', headers: { 'webhook-id': '1' } })
      expect(forged.status).to.equal(401)

      const answer = await send({ to, app: 1400000000, token: 'secret', command: groupDestroyed.command, body: groupDestroyed.sample })
      expect(answer.text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
      const [, first = ''] = await receiver.waitForOutput(/verified: (.*)\n/)
      expect(JSON.parse(first)).to.include({ GroupId: '@TGS#1', Name: 'MyFirstGroup' })
      expect(await server.stop()).to.equal(0)
    }))
})
