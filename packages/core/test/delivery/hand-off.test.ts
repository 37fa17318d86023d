import { type Delivery, type Journal, memory } from '@callboard/core'
import { type ManualClock, manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { disbanded, kind, start, stopAll } from '../test-dispatcher.ts'

/** The journal in memory, made to hand out what it stores; where nothing older waits, that is what a claim gives. */
const handingOut = (clock: ManualClock) => {
  const journal = memory({ clock })
  const asked: number[] = []
  const append: Journal['append'] = async (batch, handOut = []) => {
    const answers = await journal.append(batch)
    const tokens = new Map<string, Record<string, string>>()
    for (const request of handOut) {
      asked.push(request.max)
      const { claims } = await journal.claim(request)
      for (const { event, token } of claims) tokens.set(event.id, { ...tokens.get(event.id), [request.sink]: token })
    }
    return answers.map((answer) => {
      const own = tokens.get(answer.id)
      return answer.type === 'recorded' && own ? { ...answer, tokens: own } : answer
    })
  }
  return { journal: { ...journal, append }, asked }
}

const delivered = async (journal: Journal, sink: string) => (await journal.stats()).sinks[sink]?.delivered

describe('a delivery that an append leased', () => {
  afterEach(stopAll)

  it('is made without a claim, with the body that was decoded for the answer', async () => {
    const clock = manualClock()
    const { journal } = handingOut(clock)
    const bodies: unknown[] = []
    let claims = 0
    const claim: Journal['claim'] = (request) => {
      claims += 1
      return journal.claim(request)
    }
    const { post, dispatcher } = await start({
      clock,
      journal: { ...journal, claim },
      sinks: { mine: kind(({ event }) => bodies.push(event.body))() },
      routes: { '*': ['mine'] },
    })
    await clock.advance(0)
    const before = claims
    await post({ GroupId: 'g', EventTime: 1 })
    await dispatcher.idle()
    expect(bodies).to.deep.equal([{ GroupId: 'g', EventTime: 1 }])
    expect(await delivered(journal, 'mine')).to.equal(1)
    expect(claims - before).to.equal(0)
  })

  it('uses the free slots of each append, also of one that follows at once', async () => {
    const clock = manualClock()
    const { journal, asked } = handingOut(clock)
    let begun = () => {}
    let goOn = () => {}
    const [first, gate] = [new Promise<void>((resolve) => (begun = resolve)), new Promise<void>((resolve) => (goOn = resolve))]
    const append: Journal['append'] = async (batch, handOut) => {
      begun()
      await gate
      return journal.append(batch, handOut)
    }
    const { post, dispatcher } = await start({
      clock,
      journal: { ...journal, append },
      sinks: { mine: kind(() => {})() },
      routes: { '*': ['mine'] },
    })
    await clock.advance(0)
    const one = post({ GroupId: 'g', EventTime: 1 })
    await first
    const others = [2, 3, 4].map((n) => post({ GroupId: `g${n}`, EventTime: n }))
    await clock.advance(0)
    goOn()
    await Promise.all([one, ...others])
    await dispatcher.idle()
    expect(asked).to.deep.equal([1, 3])
  })

  it('has a body of its own for each sink', async () => {
    const clock = manualClock()
    const { journal } = handingOut(clock)
    const seen: string[] = []
    const spoil = ({ event }: Delivery<unknown>) => {
      if (!disbanded.is(event)) throw new Error('another event')
      seen.push(event.body.GroupId)
      Object.assign(event.body, { GroupId: 'spoiled' })
    }
    const { post, dispatcher } = await start({
      clock,
      journal,
      sinks: { one: kind(spoil)(), two: kind(spoil)(), three: kind(spoil)() },
      routes: { '*': ['one', 'two', 'three'] },
    })
    await clock.advance(0)
    await post({ GroupId: 'g', EventTime: 1 })
    await dispatcher.idle()
    expect(seen).to.deep.equal(['g', 'g', 'g'])
  })

  it('never exceeds the concurrency of the sink [F21]', async () => {
    const clock = manualClock()
    const { journal, asked } = handingOut(clock)
    let inFlight = 0
    let most = 0
    const waiting: (() => void)[] = []
    const write = async () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      await new Promise<void>((resolve) => waiting.push(resolve))
      inFlight -= 1
    }
    const { post, dispatcher } = await start({
      clock,
      journal,
      sinks: { mine: kind(write)({ concurrency: 4 }) },
      routes: { '*': ['mine'] },
    })
    await clock.advance(0)
    await Promise.all(Array.from({ length: 30 }, (_, n) => post({ GroupId: `g${n}`, EventTime: n })))
    while ((await delivered(journal, 'mine')) !== 30) {
      for (const go of waiting.splice(0)) go()
      await clock.advance(1)
    }
    await dispatcher.idle()
    expect(most).to.equal(4)
    expect(Math.max(...asked)).to.be.at.most(4)
  })

  it('does not exist while the sink has a backlog: the oldest delivery comes first', async () => {
    const clock = manualClock()
    const { journal } = handingOut(clock)
    const tried: string[] = []
    let ill = true
    const write = ({ event }: Delivery<unknown>) => {
      tried.push(String(event.key))
      if (ill) throw new Error('down')
    }
    const { post } = await start({ clock, journal, sinks: { mine: kind(write)() }, routes: { '*': ['mine'] } })
    await clock.advance(0)
    for (let n = 0; n < 8; n += 1) await post({ GroupId: `old${n}`, EventTime: n })
    await clock.advance(1_000)
    const before = tried.length
    ill = false
    await post({ GroupId: 'new', EventTime: 100 })
    await clock.advance(29_000)
    await post({ GroupId: 'newer', EventTime: 101 })
    await clock.advance(10_000)
    expect(tried[before]).to.match(/^old/)
  })
})
