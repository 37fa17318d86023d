import { allow, decideWith, refuse, type SinkEvent } from '@callboard/core'
import { liveAfterDestroyRoom, liveBeforeSendGift } from '@callboard/plugin-rtc'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const views: (number | undefined)[] = []
const note = async (seen: number | undefined) => views.push(seen)

// #region use
const decision = decideWith(liveBeforeSendGift, ({ body }) => (body.GiftWater.Coins > 10_000 ? refuse(102100, 'too dear') : allow))

const mine = async (event: SinkEvent) => {
  if (liveAfterDestroyRoom.is(event)) await note(event.body.RoomInfo.ViewCount)
}
// #endregion

describe('the README of plugin-rtc', () => {
  it('decides about a gift, and notes how many have looked', async () => {
    expect((await decision.decide(eventOf(liveBeforeSendGift), new AbortController().signal)).verdict).to.be.oneOf(['allow', 'refuse'])
    await mine(eventOf(liveAfterDestroyRoom))
    expect(views).to.have.length(1)
  })
})
