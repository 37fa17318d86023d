import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'
import { memberMuted } from '../member-muted.ts'

// #region suite
describePlugin(memberMuted)
// #endregion

describe('examples/own-plugin', () => {
  it('logs the line of the plugin’s hook and quarantines an invalid body', () =>
    runExample(import.meta.url, async ({ run, script }) => {
      const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }
      const server = await script('start', env)
      const [, url] = await server.waitForOutput(/callback URL: ([^\s"]+)/)
      const send = (...more: string[]) => run(['callboard send', memberMuted.command, '--to', url, ...more].join(' '), env).exitCode
      expect(await send()).to.equal(0)
      await server.waitForOutput(/user1 muted in group @TGS#1/)
      expect(await send('--set', 'MemberList=user1')).to.equal(0)
      await server.waitForOutput(/quarantine/)
      expect(await server.stop()).to.equal(0)
    }))
})
