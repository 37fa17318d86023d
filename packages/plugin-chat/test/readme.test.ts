import { handle } from '@callboard/core'
import { groupAfterSendMsg } from '@callboard/plugin-chat'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const counted: [group: string, elements: number][] = []
const count = (group: string, elements: number) => counted.push([group, elements])

// #region use
const mine = handle(groupAfterSendMsg, ({ body }) => {
  count(body.GroupId, body.MsgBody.length)
})
// #endregion

describe('the README of plugin-chat', () => {
  it('calls the function with the decoded body of a group message', async () => {
    await mine(eventOf(groupAfterSendMsg), new AbortController().signal)
    expect(counted).to.have.length(1)
    expect(counted[0]?.[1]).to.be.above(0)
  })
})
