import { allow, decideWith, handle, refuse } from '@callboard/core'
import { liveAfterDestroyRoom, liveBeforeSendGift } from '@callboard/plugin-rtc'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'

const views: (number | undefined)[] = []
const saveViews = async (count: number | undefined) => {
  views.push(count)
}

// #region use
const decision = decideWith(liveBeforeSendGift, ({ body }) => {
  const coins = body.GiftWater?.Coins ?? 0
  return coins > 10_000 ? refuse(102100, 'too expensive') : allow
})

const mine = handle(liveAfterDestroyRoom, async ({ body }) => {
  await saveViews(body.RoomInfo?.ViewCount)
})
// #endregion

describe('the README of plugin-rtc', () => {
  it('decides about a gift and saves the view count of a live room', async () => {
    const { signal } = new AbortController()
    expect((await decision.decide(eventOf(liveBeforeSendGift), signal)).verdict).to.be.oneOf(['allow', 'refuse'])
    await mine(eventOf(liveAfterDestroyRoom), signal)
    expect(views).to.have.length(1)
  })
})
