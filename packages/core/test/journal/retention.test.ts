import { giveUp, memory, type RetentionLimits } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { kind, start, stopAll } from '../test-dispatcher.ts'

const DAY = 24 * 3_600_000

describe('retention', () => {
  afterEach(stopAll)

  it('removes delivered events after 7 days and dead ones after 30, but no pending ones', async () => {
    const { send, clock, journal } = await start({
      sinks: {
        mine: kind(({ event: { key } }) => {
          if (key === 'dead') throw giveUp('no')
          if (key === 'pending') throw new Error('not yet')
        })({ retry: '365d' }),
      },
      routes: { '*': ['mine'] },
    })
    for (const group of ['delivered', 'dead', 'pending']) await send(group)
    const left = async () => (await journal.find({ limit: 10, order: 'oldest' })).events.map(({ key }) => key)
    await clock.advance(6.9 * DAY)
    expect(await left()).to.deep.equal(['delivered', 'dead', 'pending'])
    await clock.advance(0.2 * DAY)
    expect(await left()).to.deep.equal(['dead', 'pending'])
    await clock.advance(30 * DAY)
    expect(await left()).to.deep.equal(['pending'])
  })

  it('removes events in batches until none is left', async () => {
    const clock = manualClock()
    const journal = memory({ clock })
    const asked: RetentionLimits[] = []
    let left = 3
    const prune = async (keep: RetentionLimits) => {
      asked.push(keep)
      left -= 1
      return { events: keep.limit, more: left > 0 }
    }
    await start({ clock, journal: { ...journal, prune }, retention: { delivered: '1d', dead: '2d', size: '1GiB' } })
    await clock.advance(61_000)
    expect(asked).to.deep.equal(Array(3).fill({ delivered: DAY, dead: 2 * DAY, bytes: 2 ** 30, limit: 500 }))
    await clock.advance(11 * 60_000)
    expect(asked).to.have.length(4)
  })

  it('goes on after a prune failed', async () => {
    const clock = manualClock()
    let calls = 0
    const prune = async () => {
      calls += 1
      throw new Error('busy')
    }
    await start({ clock, journal: { ...memory({ clock }), prune } })
    await clock.advance(25 * 60_000)
    expect(calls).to.equal(3)
  })
})
