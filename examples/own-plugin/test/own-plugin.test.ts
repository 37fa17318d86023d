import { describePlugin, send } from '@callboard/testing'
import { expect } from 'chai'
import { inCopy } from '../../running.ts'
import { memberMuted } from '../member-muted.ts'

describePlugin(memberMuted)

describe('examples/own-plugin', () => {
  it('logs the line of its hook, and takes a body that it does not understand into quarantine', () =>
    inCopy(import.meta.url, async ({ script }) => {
      const server = await script('start', { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' })
      const [, to = ''] = await server.prints(/callback URL: ([^\s"]+)/)
      const post = (body: unknown) => send({ to, app: 1400000000, token: 'secret', command: memberMuted.command, body })
      expect(await post(memberMuted.sample)).to.include({ status: 200 })
      await server.prints(/user1 muted in group @TGS#1/)
      expect(await post({ ...memberMuted.sample, MemberList: 'user1' })).to.include({ status: 200 })
      await server.prints(/quarantine/)
      expect(await server.stop()).to.equal(0)
    }))
})
