import { expect } from 'chai'
import { createCircuitBreaker } from '../../src/delivery/circuit-breaker.ts'

const CONCURRENCY = 16

/** A breaker, and the ways to talk to it at a moment in seconds. */
const bench = () => {
  const breaker = createCircuitBreaker(CONCURRENCY)
  const ms = (seconds: number) => seconds * 1_000
  return {
    fail: (seconds: number, ...events: readonly string[]) => {
      for (const event of events) breaker.failed(event, ms(seconds))
    },
    succeed: (seconds: number, times = 1) => {
      for (let n = 0; n < times; n += 1) breaker.succeeded(ms(seconds))
    },
    hold: (seconds: number, forSeconds: number) => breaker.holdOff(ms(forSeconds), ms(seconds)),
    probe: (seconds: number) => breaker.probe(ms(seconds)),
    state: (seconds: number) => breaker.state(ms(seconds)),
    room: (seconds: number, inFlight = 0) => breaker.freeSlots(inFlight, ms(seconds)),
    rest: (seconds: number) => breaker.cooldown(ms(seconds)) / 1_000,
  }
}

describe('the circuit breaker', () => {
  it('opens after five consecutive failures of three different events', () => {
    const { fail, state, room } = bench()
    fail(0, 'a', 'b', 'c', 'a')
    expect(state(0)).to.equal('closed')
    fail(0, 'b')
    expect(state(0)).to.equal('open')
    expect(room(0)).to.equal(0)
  })

  it('stays closed when only two different events fail', () => {
    const { fail, state } = bench()
    fail(0, 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a')
    expect(state(0)).to.equal('closed')
  })

  it('restarts its count after a success', () => {
    const { fail, succeed, state } = bench()
    fail(0, 'a', 'b', 'c', 'd')
    succeed(0, 10)
    fail(0, 'e', 'f', 'g', 'h')
    expect(state(0)).to.equal('closed')
  })

  it('opens when half of ten attempts within a minute fail', () => {
    const { fail, succeed, state } = bench()
    for (const second of [0, 10, 20, 30]) {
      fail(second, 'a')
      succeed(second)
    }
    fail(40, 'a')
    expect(state(40)).to.equal('closed')
    succeed(50)
    fail(50, 'a')
    expect(state(50)).to.equal('open')
  })

  it('ignores attempts older than a minute', () => {
    const { fail, succeed, state } = bench()
    for (const second of [0, 15, 30, 45, 60, 75, 90, 105]) {
      fail(second, 'a')
      succeed(second)
    }
    expect(state(105)).to.equal('closed')
  })

  it('allows no attempt for 30 s and then one at a time', () => {
    const { fail, state, room, rest } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e')
    expect(rest(10)).to.equal(20)
    expect([state(29.9), state(30)]).to.deep.equal(['open', 'half-open'])
    expect([room(30), room(30, 1)]).to.deep.equal([1, 0])
  })

  it('doubles its cooldown after each failed probe, up to 5 minutes', () => {
    const { fail, rest } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e')
    let now = 0
    const rests = Array.from({ length: 6 }, () => {
      const seconds = rest(now)
      now += seconds
      fail(now, 'a')
      return seconds
    })
    expect(rests).to.deep.equal([30, 60, 120, 240, 300, 300])
  })

  it('doubles the free slots with each success until all are free', () => {
    const { fail, succeed, room, state } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e')
    const rooms = Array.from({ length: 6 }, () => {
      const found = room(30)
      succeed(30)
      return found
    })
    expect(rooms).to.deep.equal([1, 2, 4, 8, 16, 16])
    expect(state(30)).to.equal('closed')
  })

  it('keeps doubling its cooldown when the sink fails again before all slots are free', () => {
    const { fail, succeed, rest } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e')
    succeed(30)
    fail(30, 'a', 'b', 'c', 'd', 'e')
    expect(rest(30)).to.equal(60)
    succeed(90, 4)
    fail(90, 'a', 'b', 'c', 'd', 'e')
    expect(rest(90)).to.equal(30)
  })

  it('ignores the result of an attempt that was in flight when it opened', () => {
    const { fail, succeed, rest, state } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e', 'f', 'g')
    succeed(1)
    expect(state(1)).to.equal('open')
    expect(rest(1)).to.equal(29)
  })

  it('holds off for as long as the sink asks, and counts that as no failure', () => {
    const { hold, probe, room, rest } = bench()
    hold(0, 7)
    hold(0, 3)
    expect([room(6), rest(6), room(7)]).to.deep.equal([0, 1, CONCURRENCY])
    hold(10, 3_600)
    probe(20)
    expect(room(20)).to.equal(CONCURRENCY)
  })

  it('allows one attempt after probe', () => {
    const { fail, probe, state, room } = bench()
    fail(0, 'a', 'b', 'c', 'd', 'e')
    probe(1)
    expect([state(1), room(1)]).to.deep.equal(['half-open', 1])
  })
})
