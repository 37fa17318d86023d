import assert from 'node:assert/strict'
import type { Change, ClaimRequest, Claims, DeliveryState, Journal, NewEvent, Outcome } from '@callboard/core'
import { DEDUPE_WINDOW } from '@callboard/core'
import type { ManualClock } from '@callboard/testing'

/** One step of a random script. */
export type Step =
  | { readonly do: 'append'; readonly events: readonly Pick<NewEvent, 'app' | 'key' | 'identity' | 'sinks'>[] }
  | { readonly do: 'claim'; readonly request: ClaimRequest }
  | { readonly do: 'settle' /** 0: the latest claim */; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'advance'; readonly ms: number }
  /** Moves the wall clock, of which nothing must depend while the journal is open. */
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'replay' | 'discard'; readonly change: Pick<Change, 'sink' | 'from' | 'limit' | 'dryRun' | 'key'> }
  | { readonly do: 'prune'; readonly delivered: number; readonly dead: number }
  | { readonly do: 'reopen' }

interface Delivery {
  readonly event: Event
  readonly sink: string
  state: DeliveryState
  place: number
  due: number
  attempts: number
  replay: boolean
  endedAt: number
  token?: string
}
interface Event extends NewEvent {
  readonly at: number
  readonly deliveries: Delivery[]
  duplicates: number
}

const isLeased = (delivery: Delivery, now: number) => delivery.token !== undefined && delivery.due > now

/** A journal as a flat list, which knows neither lanes nor heads nor indexes: whatever it is asked, it looks at everything. */
export const createModel = (clock: ManualClock) => {
  let events: Event[] = []
  let numbers = 0
  let issued: { sink: string; id: string; token: string }[] = []

  const all = () => events.flatMap(({ deliveries }) => deliveries)
  const of = (sink: string) => all().filter((delivery) => delivery.sink === sink)
  const isMate = (one: Delivery, other: Delivery) =>
    one !== other &&
    one.sink === other.sink &&
    one.event.key !== undefined &&
    one.event.key === other.event.key &&
    one.event.app === other.event.app
  const waitsFor = (delivery: Delivery): readonly Delivery[] => all().filter((mate) => mate.state === 'pending' && isMate(delivery, mate))
  const isHead = (delivery: Delivery) => waitsFor(delivery).every((mate) => mate.place > delivery.place)

  const mayBeClaimed = (delivery: Delivery, ordered: boolean, now: number) =>
    delivery.state === 'pending' &&
    delivery.due <= now &&
    (!ordered || (isHead(delivery) && !waitsFor(delivery).some((mate) => isLeased(mate, now))))

  const deliver = (event: Event, sink: string) =>
    event.deliveries.push({ event, sink, state: 'pending', place: ++numbers, due: clock.elapsed(), attempts: 0, replay: false, endedAt: 0 })

  const end = (delivery: Delivery, state: DeliveryState) => {
    delivery.state = state
    delivery.endedAt = clock.elapsed()
    delete delivery.token
  }

  const append = async (journal: Journal, given: readonly Pick<NewEvent, 'app' | 'key' | 'identity' | 'sinks'>[]) => {
    const batch = given.map((special): NewEvent => {
      const raw = new Uint8Array(3)
      return { id: `e${++numbers}`, command: 'C', status: 'accepted', receivedAt: 1, query: {}, raw, ...special }
    })
    const expected = batch.map((event) => {
      const first = events.find(
        ({ app, identity, at }) =>
          identity !== undefined && identity === event.identity && app === event.app && clock.elapsed() - at < DEDUPE_WINDOW,
      )
      if (first) {
        first.duplicates += 1
        return { as: 'duplicate', id: first.id }
      }
      const stored: Event = { ...event, at: clock.elapsed(), deliveries: [], duplicates: 0 }
      events.push(stored)
      for (const sink of event.sinks) deliver(stored, sink)
      return { as: 'recorded', id: event.id }
    })
    assert.deepEqual(await journal.append(batch), expected)
  }

  const checkClaims = ({ claims, wait }: Claims, { sink, max, lease, ordered }: ClaimRequest) => {
    const now = clock.elapsed()
    const claimable = of(sink).filter((delivery) => mayBeClaimed(delivery, ordered, now))
    assert.equal(claims.length, Math.min(max, claimable.length), 'claims hand out all they may')
    for (const { event, token, attempt, replay } of claims) {
      const delivery = claimable.find((each) => each.event.id === event.id)
      assert.ok(delivery, `${event.id} may be claimed`)
      assert.deepEqual({ attempt, replay }, { attempt: delivery.attempts + 1, replay: delivery.replay })
      Object.assign(delivery, { token, attempts: attempt, due: now + lease })
      issued.push({ sink, id: event.id, token })
    }
    const later = of(sink).filter((each) => each.state === 'pending' && each.due > now && (!ordered || isHead(each) || isLeased(each, now)))
    const next = later.length === 0 ? undefined : Math.min(...later.map(({ due }) => due)) - now
    assert.equal(wait, claimable.length > claims.length ? 0 : next, 'the hint for sleeping')
  }

  const settle = async (journal: Journal, which: number, outcome: Outcome) => {
    const claim = issued.at(-1 - which)
    if (!claim) return
    const delivery = of(claim.sink).find(({ event }) => event.id === claim.id)
    const counts = delivery?.state === 'pending' && delivery.token === claim.token
    assert.deepEqual(await journal.settle([{ ...claim, outcome }]), [counts ? 'settled' : 'stale'])
    if (!counts || !delivery) return
    if (outcome.as === 'delivered' || outcome.as === 'dead') return end(delivery, outcome.as)
    delete delivery.token
    delivery.due = clock.elapsed() + (outcome.as === 'retry' ? outcome.after : 0)
    if (outcome.as === 'released') delivery.attempts -= 1
  }

  const change = async (
    journal: Journal,
    verb: 'replay' | 'discard',
    asked: Pick<Change, 'sink' | 'from' | 'limit' | 'dryRun' | 'key'>,
  ) => {
    const now = clock.elapsed()
    const legal = verb === 'replay' ? ['delivered', 'dead', 'discarded', 'none'] : ['pending', 'dead']
    const targets = events
      .filter(({ key }) => asked.key === undefined || asked.key === key)
      .map((event) => ({ event, delivery: event.deliveries.find(({ sink }) => sink === asked.sink) }))
      .filter(({ delivery }) => legal.includes(delivery?.state ?? 'none') && asked.from.includes(delivery?.state ?? 'none'))
    const busy = targets.filter(({ delivery }) => delivery?.state === 'pending' && isLeased(delivery, now))
    const free = targets.filter((target) => !busy.includes(target))
    const expected = { changed: Math.min(free.length, asked.limit), busy: busy.length, more: free.length > asked.limit }
    const { next: _, ...answer } = await journal[verb]({ ...asked, by: 'the model' })
    assert.deepEqual(answer, expected)
    if (asked.dryRun) return
    for (const { event, delivery } of free.slice(0, asked.limit)) {
      if (!delivery) deliver(event, asked.sink)
      else if (verb === 'discard') end(delivery, 'discarded')
      else Object.assign(delivery, { state: 'pending', place: ++numbers, due: now, attempts: 0, replay: true })
    }
  }

  const prune = async (journal: Journal, delivered: number, dead: number) => {
    const now = clock.elapsed()
    const isOver = ({ at, deliveries }: Event) => {
      const lost = deliveries.filter(({ state }) => state === 'dead')
      const rest = Math.max(at, ...(lost.length > 0 ? lost : deliveries).map(({ endedAt }) => endedAt))
      return (
        deliveries.every(({ state }) => state !== 'pending') &&
        now - rest >= (lost.length > 0 ? dead : delivered) &&
        now - at >= DEDUPE_WINDOW
      )
    }
    const over = events.filter(isOver)
    assert.deepEqual(await journal.prune({ delivered, dead, limit: 1_000 }), { events: over.length, more: false })
    events = events.filter((event) => !over.includes(event))
  }

  return {
    /** Does a step to the journal and to the model, and compares what the journal answers. */
    take: async (journal: Journal, step: Exclude<Step, { readonly do: 'reopen' }>): Promise<void> => {
      if (step.do === 'append') return append(journal, step.events)
      if (step.do === 'claim') return checkClaims(await journal.claim(step.request), step.request)
      if (step.do === 'settle') return settle(journal, step.which, step.outcome)
      if (step.do === 'advance') return clock.advance(step.ms)
      if (step.do === 'jump') return clock.jump(step.ms)
      if (step.do === 'prune') return prune(journal, step.delivered, step.dead)
      return change(journal, step.do, step.change)
    },
    /** The journal was opened again: nothing is claimed any more. */
    reopened: () => {
      issued = []
      for (const delivery of all()) {
        if (delivery.token !== undefined) delivery.due = clock.elapsed()
        delete delivery.token
      }
    },
    /** Compares all that the journal knows. */
    compare: async (journal: Journal): Promise<void> => {
      const found = (await journal.find({ limit: 10_000, order: 'oldest' })).events
      assert.deepEqual(
        found.map(({ id, key, duplicates, deliveries }) => [
          id,
          key,
          duplicates,
          deliveries.map(({ sink, state, attempts }) => [sink, state, attempts]),
        ]),
        events.map(({ id, key, duplicates, deliveries }) => [
          id,
          key,
          duplicates,
          deliveries.map(({ sink, state, attempts }) => [sink, state, attempts]),
        ]),
      )
      const stats = await journal.stats()
      assert.deepEqual([stats.events, stats.bytes], [events.length, events.length * 3])
      for (const sink of new Set(all().map((delivery) => delivery.sink))) {
        const count = (state: DeliveryState) => of(sink).filter((delivery) => delivery.state === state).length
        const leased = of(sink).filter((delivery) => delivery.state === 'pending' && isLeased(delivery, clock.elapsed())).length
        const { oldestPending, ...counts } = stats.sinks[sink] ?? {}
        const expected = {
          pending: count('pending'),
          leased,
          delivered: count('delivered'),
          dead: count('dead'),
          discarded: count('discarded'),
          delayed: of(sink).filter((each) => each.state === 'pending' && !each.token && each.attempts > 0 && each.due > clock.elapsed())
            .length,
        }
        assert.deepEqual(counts, expected)
      }
    },
  }
}
