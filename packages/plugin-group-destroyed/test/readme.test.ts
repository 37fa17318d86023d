import type { SinkEvent } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const gone: string[] = []
const forget = async (group: string) => gone.push(group)

// #region use
const mine = async (event: SinkEvent) => {
  if (groupDestroyed.is(event)) await forget(event.body.GroupId)
}
// #endregion

describe('the README of plugin-group-destroyed', () => {
  it('forgets a group', async () => {
    await mine(eventOf(groupDestroyed))
    expect(gone).to.deep.equal(['@TGS#1'])
  })
})
