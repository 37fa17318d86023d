import { handle } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const forgotten: string[] = []
const forget = async (group: string) => {
  forgotten.push(group)
}

// #region use
const mine = handle(groupDestroyed, async ({ body }) => {
  await forget(body.GroupId)
})
// #endregion

describe('the README of plugin-group-destroyed', () => {
  it('calls the function with the decoded body of a disbanded group', async () => {
    await mine(eventOf(groupDestroyed), new AbortController().signal)
    expect(forgotten).to.deep.equal(['@TGS#1'])
  })
})
