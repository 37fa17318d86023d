import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import { inCopy } from '../../running.ts'
import { memberMuted } from '../member-muted.ts'

// #region suite
describePlugin(memberMuted)
// #endregion

describe('examples/own-plugin', () => {
  it('sends its sample, logs the line of its hook, and takes a body that it does not understand into quarantine', () =>
    inCopy(import.meta.url, async ({ run, script }) => {
      const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }
      const server = await script('start', env)
      const [, url] = await server.prints(/callback URL: ([^\s"]+)/)
      const send = (...more: string[]) => run(['callboard send', memberMuted.command, '--to', url, ...more].join(' '), env).ended
      expect(await send()).to.equal(0)
      await server.prints(/user1 muted in group @TGS#1/)
      expect(await send('--set', 'MemberList=user1')).to.equal(0)
      await server.prints(/quarantine/)
      expect(await server.stop()).to.equal(0)
    }))
})
