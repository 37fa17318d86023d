import type { SinkEvent } from '@callboard/core'
import { groupAfterSendMsg } from '@callboard/plugin-chat'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const counted: [group: string, elements: number][] = []
const count = (group: string, elements: number) => counted.push([group, elements])

// #region use
const mine = async (event: SinkEvent) => {
  if (groupAfterSendMsg.is(event)) count(event.body.GroupId, event.body.MsgBody.length)
}
// #endregion

describe('the README of plugin-chat', () => {
  it('counts messages', async () => {
    await mine(eventOf(groupAfterSendMsg))
    expect(counted).to.have.length(1)
    expect(counted[0]?.[1]).to.be.above(0)
  })
})
