import { groupBeforeSendMsg } from '@callboard/plugin-chat'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'

describe('examples/moderate-messages', () => {
  it('answers each message with its decision and stores the decision', () =>
    runExample(import.meta.url, async ({ run, script }) => {
      const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }
      const server = await script('start', env)
      const [, to = ''] = await server.waitForOutput(/callback URL: ([^\s"]+)/)
      const answerTo = async (Text: string): Promise<unknown> => {
        const body = { ...groupBeforeSendMsg.sample, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] }
        return (await send({ to, app: 1400000000, token: 'secret', command: groupBeforeSendMsg.command, body })).json
      }
      const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
      expect(await answerTo('hello')).to.deep.equal(OK)
      expect(await answerTo('Casino!')).to.deep.equal({ ...OK, ErrorCode: 10100, ErrorInfo: 'no advertisements here' })
      expect(await answerTo('free money')).to.deep.equal({ ...OK, ErrorCode: 2 })
      expect(await answerTo('damn you')).to.deep.equal({
        ...OK,
        MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '****' } }],
      })
      const refused = run(`callboard send Group.CallbackBeforeSendMsg --set MsgBody.0.MsgContent.Text='my casino' --to ${to}`, env)
      await refused.waitForOutput(/"ErrorCode":10100/)
      await refused.exitCode
      await run('callboard events list --json', env).waitForOutput(/"decision":\{"by":"plugin","code":10100/)
      expect(await server.stop()).to.equal(0)
    }))
})
