import { allow, createDispatcher, type Decision, decideWith, memory, type SinkEvent } from '@callboard/core'
import { callAfterStartCall, liveBeforeSendGift } from '@callboard/plugin-rtc'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'

/** Sends one body through a Callboard. Returns the code of the answer and the events of the sink. */
const post = async (command: string, text: string, decisions: readonly Decision[] = []) => {
  const clock = manualClock()
  const got: SinkEvent[] = []
  const dispatcher = await createDispatcher({
    apps: [{ sdkAppId: 1400000000, verify: 'none' }],
    plugins: [callAfterStartCall, liveBeforeSendGift],
    decisions,
    sinks: { mine: async (event) => void got.push(event) },
    routes: { '*': ['mine'] },
    journal: memory({ clock }),
    clock,
  })
  const answer = await dispatcher.handle({
    query: `SdkAppid=1400000000&CallbackCommand=${command}&contenttype=json`,
    admitted: true,
    headAt: clock.elapsed(),
    readBody: async () => ({ raw: Buffer.from(text) }),
  })
  await dispatcher.idle()
  await Promise.all([dispatcher.stop(), clock.advance(20_000)])
  return { code: JSON.parse(answer.body).ErrorCode, events: got }
}

describe('plugin-rtc in a running Callboard', () => {
  it('keeps every digit of an account that is a number beyond 2^53', async () => {
    const text = JSON.stringify(callAfterStartCall.sample).replace('"user1"', '144115198576116561')
    const { code, events } = await post(callAfterStartCall.command, text)
    expect(code).to.equal(0)
    expect(events).to.have.length(1)
    expect(events[0]).to.have.property('status', 'accepted')
    expect(events[0]).to.have.nested.property('body.UserList[0].User_Account', '144115198576116561')
  })

  it('refuses a gift if its decision fails and allows a gift without a decision', async () => {
    const text = JSON.stringify(liveBeforeSendGift.sample)
    const broken = decideWith(liveBeforeSendGift, () => {
      throw new Error('the bank is closed')
    })
    expect((await post(liveBeforeSendGift.command, text, [broken])).code).to.equal(1)
    expect((await post(liveBeforeSendGift.command, text)).code).to.equal(0)
    expect((await post(liveBeforeSendGift.command, text, [decideWith(liveBeforeSendGift, () => allow)])).code).to.equal(0)
  })
})
