import assert from 'node:assert/strict'
import type { ChangeRequest, ClaimRequest, ClaimResult, DeliveryState, Journal, NewEvent, Outcome, ReprocessedEvent } from '@callboard/core'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import type { ManualClock } from '@callboard/testing'

type EventFields = Pick<NewEvent, 'app' | 'key' | 'dedupeKey' | 'sinks'> & { readonly status?: NewEvent['status'] }

/** `follow`: continues at the cursor of the last change of this kind. */
type ChangeFields = Pick<ChangeRequest, 'sink' | 'from' | 'limit' | 'dryRun' | 'key'> & { readonly follow?: boolean }

/** A step that can fail. */
export type FailingStep =
  | { readonly do: 'append'; readonly events: readonly EventFields[]; readonly handOut: readonly ClaimRequest[] }
  | { readonly do: 'claim'; readonly request: ClaimRequest }
  | { readonly do: 'settle'; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'replay' | 'discard'; readonly change: ChangeFields }

/** One step of a random script. */
export type Step =
  | { readonly do: 'append'; readonly events: readonly EventFields[]; readonly handOut: readonly ClaimRequest[] }
  | { readonly do: 'claim'; readonly request: ClaimRequest }
  | { readonly do: 'settle' /** 0: the latest claim */; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'advance'; readonly ms: number }
  /** Sets the wall clock forward or back. */
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'replay' | 'discard'; readonly change: ChangeFields }
  | { readonly do: 'reprocess' /** Counted from the newest event. */; readonly which: number; readonly as: Omit<ReprocessedEvent, 'id'> }
  | { readonly do: 'prune'; readonly delivered: number; readonly dead: number }
  | { readonly do: 'resume'; readonly sink: string }
  | { readonly do: 'reopen' }
  /** Reopens the journal. What it has not written yet is lost. */
  | { readonly do: 'crash' }
  /** A step whose transaction is rolled back. */
  | { readonly do: 'fail'; readonly step: FailingStep }

interface Delivery {
  readonly event: Event
  readonly sink: string
  /** The lane when the delivery was made or replayed. A reprocessed event may get its key later. */
  lane: string | undefined
  state: DeliveryState
  lanePosition: number
  due: number
  attempts: number
  replay: boolean
  endedAt: number
  token?: string
}
interface Event extends Omit<NewEvent, 'key' | 'status'> {
  readonly at: number
  key: string | undefined
  status: NewEvent['status']
  readonly deliveries: Delivery[]
  duplicates: number
}

const isLeased = (delivery: Delivery, now: number) => delivery.token !== undefined && delivery.due > now

// The journal ignores smaller corrections of the clock.
const CLOCK_TOLERANCE_MS = 1_000

/**
 * A naive journal: a flat list without claim states and indexes, which is scanned for each call. With `usesWallClock` its times are
 * wall time. When the wall clock is set back, a delivery that was due in n milliseconds is still due in n milliseconds.
 */
export const createModel = (clock: ManualClock, usesWallClock: boolean) => {
  const readClock = usesWallClock ? clock.now : clock.elapsed
  let latestNow = readClock()
  let followedChanges: Partial<Record<'replay' | 'discard', { readonly next: string; readonly last: number }>> = {}
  let events: Event[] = []
  let lastNumber = 0
  let pausedSinks = new Set<string>()
  let saved: { readonly events: Event[]; readonly pausedSinks: Set<string> } = { events, pausedSinks }
  let issuedClaims: { sink: string; id: string; token: string }[] = []

  const allDeliveries = () => events.flatMap(({ deliveries }) => deliveries)
  const deliveriesTo = (sink: string) => allDeliveries().filter((delivery) => delivery.sink === sink)
  const sharesLane = (one: Delivery, other: Delivery) =>
    one !== other && one.sink === other.sink && one.lane !== undefined && one.lane === other.lane
  const pendingInLane = (delivery: Delivery): readonly Delivery[] =>
    allDeliveries().filter((other) => other.state === 'pending' && sharesLane(delivery, other))
  const isFirstInLane = (delivery: Delivery) => pendingInLane(delivery).every((other) => other.lanePosition > delivery.lanePosition)

  const mayBeClaimed = (delivery: Delivery, ordered: boolean, now: number) =>
    delivery.state === 'pending' &&
    delivery.due <= now &&
    (!ordered || (isFirstInLane(delivery) && !pendingInLane(delivery).some((other) => isLeased(other, now))))

  const laneOf = ({ app, key }: Event) => (key === undefined ? undefined : `${app} ${key}`)

  const addDelivery = (event: Event, sink: string) => {
    event.deliveries.push({
      event,
      sink,
      lane: laneOf(event),
      state: 'pending',
      lanePosition: ++lastNumber,
      due: readClock(),
      attempts: 0,
      replay: false,
      endedAt: 0,
    })
  }

  const isDelayed = (delivery: Delivery) =>
    delivery.state === 'pending' && delivery.token === undefined && delivery.attempts > 0 && delivery.due > readClock()

  const dueAt = (delivery: Delivery) => clock.now() + delivery.due - readClock()

  /** Repairs due times, as a journal does before each call. */
  const observeClock = () => {
    const now = readClock()
    if (now < latestNow - CLOCK_TOLERANCE_MS) {
      for (const delivery of allDeliveries()) if (delivery.state === 'pending' && delivery.due > now) delivery.due -= latestNow - now
      latestNow = now
    }
    latestNow = Math.max(latestNow, now)
  }

  const end = (delivery: Delivery, state: DeliveryState) => {
    delivery.state = state
    delivery.endedAt = readClock()
    delete delivery.token
  }

  const newEventOf = (fields: EventFields): NewEvent => {
    const raw = new Uint8Array(3)
    return { id: `e${++lastNumber}`, command: 'C', status: 'accepted', receivedAt: 1, query: {}, raw, ...fields }
  }

  const append = async (journal: Journal, given: readonly EventFields[], handOut: readonly ClaimRequest[]) => {
    const batch = given.map(newEventOf)
    const expected = batch.map((event) => {
      const first = events.find(
        ({ app, dedupeKey, at }) =>
          dedupeKey !== undefined && dedupeKey === event.dedupeKey && app === event.app && readClock() - at < DEFAULT_DEDUPE_WINDOW_MS,
      )
      if (first) {
        first.duplicates += 1
        return { type: 'duplicate', id: first.id }
      }
      const stored: Event = { ...event, key: event.key, at: readClock(), deliveries: [], duplicates: 0 }
      events.push(stored)
      for (const sink of event.sinks) addDelivery(stored, sink)
      return { type: 'recorded', id: event.id }
    })
    const answers = await journal.append(batch, handOut)
    assert.deepEqual(
      answers.map(({ type, id }) => ({ type, id })),
      expected,
    )
    for (const answer of answers) if (answer.type === 'recorded') checkTokens(answer.id, answer.tokens ?? {}, handOut)
    for (const { sink, max } of handOut) {
      const claimed = answers.filter((answer) => answer.type === 'recorded' && answer.tokens?.[sink] !== undefined)
      assert.ok(claimed.length <= max, 'an append claims at most `max` deliveries')
    }
  }

  /** Checks the deliveries that an append claimed: a claim could have returned each of them. */
  const checkTokens = (id: string, tokens: Readonly<Record<string, string>>, handOut: readonly ClaimRequest[]) => {
    for (const [sink, token] of Object.entries(tokens)) {
      const request = handOut.find((each) => each.sink === sink)
      const delivery = deliveriesTo(sink).find(({ event }) => event.id === id)
      assert.ok(!pausedSinks.has(sink), 'an append claims nothing for a paused sink')
      assert.ok(request && delivery && mayBeClaimed(delivery, request.ordered, readClock()), `${id} may be claimed for ${sink}`)
      Object.assign(delivery, { token, attempts: 1, due: readClock() + request.leaseMs })
      issuedClaims.push({ sink, id, token })
    }
  }

  const checkClaims = ({ claims, waitMs, paused }: ClaimResult, { sink, max, leaseMs, ordered }: ClaimRequest) => {
    assert.equal(paused !== undefined, pausedSinks.has(sink), 'paused')
    if (paused) return assert.deepEqual([claims, waitMs], [[], undefined])
    const now = readClock()
    const claimable = deliveriesTo(sink).filter((delivery) => mayBeClaimed(delivery, ordered, now))
    assert.equal(claims.length, Math.min(max, claimable.length), 'a claim returns all deliveries that may be claimed')
    for (const { event, token, attempt, replay } of claims) {
      const delivery = claimable.find((each) => each.event.id === event.id)
      assert.ok(delivery, `${event.id} may be claimed`)
      assert.deepEqual({ attempt, replay }, { attempt: delivery.attempts + 1, replay: delivery.replay })
      assert.deepEqual([event.status, event.key], [delivery.event.status, delivery.event.key])
      Object.assign(delivery, { token, attempts: attempt, due: now + leaseMs })
      issuedClaims.push({ sink, id: event.id, token })
    }
    const later = deliveriesTo(sink).filter(
      (each) => each.state === 'pending' && each.due > now && (!ordered || isFirstInLane(each) || isLeased(each, now)),
    )
    // A claim of nothing reads nothing, and cannot know whether what it has not read is ready.
    if (max === 0 && waitMs === 0) return
    const next = later.length === 0 ? undefined : Math.min(...later.map(({ due }) => due)) - now
    assert.equal(waitMs, claimable.length > claims.length ? 0 : next, 'waitMs')
  }

  const settle = async (journal: Journal, which: number, outcome: Outcome) => {
    const claim = issuedClaims.at(-1 - which)
    if (!claim) return
    const delivery = deliveriesTo(claim.sink).find(({ event }) => event.id === claim.id)
    const counts = delivery?.state === 'pending' && delivery.token === claim.token
    assert.deepEqual(await journal.settle([{ ...claim, outcome }]), [counts ? 'settled' : 'stale'])
    if (!counts || !delivery) return
    if (outcome.type === 'dead' && outcome.pause) pausedSinks.add(claim.sink)
    if (outcome.type === 'delivered' || outcome.type === 'dead') return end(delivery, outcome.type)
    delete delivery.token
    delivery.due = readClock() + (outcome.type === 'retry' ? outcome.retryInMs : 0)
    if (outcome.type === 'released') delivery.attempts -= 1
  }

  const change = async (journal: Journal, verb: 'replay' | 'discard', { follow = false, ...asked }: ChangeFields) => {
    const now = readClock()
    const legal = verb === 'replay' ? ['delivered', 'dead', 'discarded', 'none'] : ['pending', 'dead']
    const before = follow ? followedChanges[verb] : undefined
    const position = (event: Event) => Number(event.id.slice(1))
    const targets = events
      .filter((event) => before === undefined || position(event) > before.last)
      .filter(({ key }) => asked.key === undefined || asked.key === key)
      .map((event) => ({ event, delivery: event.deliveries.find(({ sink }) => sink === asked.sink) }))
      .filter(({ delivery }) => legal.includes(delivery?.state ?? 'none') && asked.from.includes(delivery?.state ?? 'none'))
    const busy = targets.filter(({ delivery }) => delivery?.state === 'pending' && isLeased(delivery, now))
    const free = targets.filter((target) => !busy.includes(target))
    const expected = { changed: Math.min(free.length, asked.limit), busy: busy.length, more: free.length > asked.limit }
    const { next, ...answer } = await journal[verb]({ ...asked, by: 'the model', ...(before && { cursor: before.next }) })
    assert.deepEqual(answer, expected)
    const last = free.slice(0, asked.limit).at(-1)
    if (last) assert.equal(next !== undefined, expected.more, 'next')
    if (next !== undefined && last) followedChanges = { ...followedChanges, [verb]: { next, last: position(last.event) } }
    if (asked.dryRun) return
    for (const { event, delivery } of free.slice(0, asked.limit)) {
      if (!delivery) addDelivery(event, asked.sink)
      else if (verb === 'discard') end(delivery, 'discarded')
      else
        Object.assign(delivery, { state: 'pending', lane: laneOf(event), lanePosition: ++lastNumber, due: now, attempts: 0, replay: true })
    }
  }

  const reprocess = async (journal: Journal, which: number, as: Omit<ReprocessedEvent, 'id'>) => {
    const event = events.at(-1 - which)
    const counts = event?.status === 'quarantined'
    assert.equal(await journal.reprocess([{ id: event?.id ?? 'unknown', ...as }]), counts ? 1 : 0)
    if (!event || !counts) return
    event.status = 'accepted'
    event.key = as.key ?? event.key
    for (const sink of as.sinks) if (event.deliveries.every((each) => each.sink !== sink)) addDelivery(event, sink)
  }

  const prune = async (journal: Journal, delivered: number, dead: number) => {
    const now = readClock()
    const isOver = ({ at, status, deliveries }: Event) => {
      const lost = deliveries.filter(({ state }) => state === 'dead')
      const isLost = lost.length > 0 || status === 'quarantined'
      const rest = deliveries.length === 0 ? at : Math.max(...(lost.length > 0 ? lost : deliveries).map(({ endedAt }) => endedAt))
      return (
        deliveries.every(({ state }) => state !== 'pending') &&
        now - rest >= (isLost ? dead : delivered) &&
        now - at >= DEFAULT_DEDUPE_WINDOW_MS
      )
    }
    const { events: count, more } = await journal.prune({ delivered, dead, limit: 1_000 })
    const left = new Set((await journal.find({ limit: 10_000, order: 'oldest' })).events.map(({ id }) => id))
    const removed = events.filter(({ id }) => !left.has(id))
    assert.deepEqual([removed.length, more], [count, false])
    assert.ok(removed.every(isOver), 'prune removes only old events')
    // A journal may know only for many events together when their last delivery ended.
    const latestEnd = Math.max(...allDeliveries().map(({ endedAt }) => endedAt))
    const isSurelyOver = (event: Event) => isOver(event) && now - latestEnd >= Math.max(delivered, dead)
    assert.ok(!events.some((event) => left.has(event.id) && isSurelyOver(event)), 'prune removes old events')
    events = events.filter(({ id }) => left.has(id))
  }

  return {
    /** Runs a step on the journal and on the model, and compares their answers. */
    take: async (journal: Journal, step: Exclude<Step, { readonly do: 'reopen' | 'crash' | 'fail' }>): Promise<void> => {
      if (step.do === 'jump') return clock.jump(step.ms)
      observeClock()
      if (step.do === 'reprocess') return reprocess(journal, step.which, step.as)
      if (step.do === 'append') return append(journal, step.events, step.handOut)
      if (step.do === 'claim') return checkClaims(await journal.claim(step.request), step.request)
      if (step.do === 'settle') return settle(journal, step.which, step.outcome)
      if (step.do === 'advance') return clock.advance(step.ms)
      if (step.do === 'resume') return assert.equal(await journal.resume(step.sink), pausedSinks.delete(step.sink), 'resume')
      if (step.do === 'prune') return prune(journal, step.delivered, step.dead)
      return change(journal, step.do, step.change)
    },
    /** Runs a step on the journal alone. The caller undoes it. */
    attempt: (journal: Journal, step: FailingStep): void => {
      if (step.do === 'append') void journal.append(step.events.map(newEventOf), step.handOut)
      else if (step.do === 'claim') void journal.claim(step.request)
      else if (step.do === 'settle') {
        const claim = issuedClaims.at(-1 - step.which)
        if (claim) void journal.settle([{ ...claim, outcome: step.outcome }])
      } else {
        const { follow: _, ...change } = step.change
        void journal[step.do]({ ...change, by: 'the model' })
      }
    },
    /** To be called after the journal was reopened. Releases all claims. */
    reopened: () => {
      observeClock()
      issuedClaims = []
      for (const delivery of allDeliveries()) {
        if (delivery.token !== undefined) delivery.due = readClock()
        delete delivery.token
      }
    },
    /** To be called when the journal has written everything. */
    save: () => {
      saved = structuredClone({ events, pausedSinks })
    },
    /** To be called after a crash, before `reopened`. */
    restore: () => {
      ;({ events, pausedSinks } = structuredClone(saved))
    },
    /** Compares all events, deliveries, stats and blocked keys. */
    compare: async (journal: Journal): Promise<void> => {
      observeClock()
      const found = (await journal.find({ limit: 10_000, order: 'oldest' })).events
      assert.deepEqual(
        found.map(({ id, key, status, duplicates, deliveries }) => [
          id,
          key,
          status,
          duplicates,
          deliveries.map(({ sink, state, attempts, dueAt: due, discarded }) => [sink, state, attempts, due, discarded !== undefined]),
        ]),
        events.map(({ id, key, status, duplicates, deliveries }) => [
          id,
          key,
          status,
          duplicates,
          deliveries.map((each) => [
            each.sink,
            each.state,
            each.attempts,
            isDelayed(each) ? dueAt(each) : undefined,
            each.state === 'discarded',
          ]),
        ]),
      )
      const stats = await journal.stats()
      assert.deepEqual([stats.events, stats.bytes], [events.length, events.length * 3])
      for (const sink of new Set(allDeliveries().map((delivery) => delivery.sink))) {
        const count = (state: DeliveryState) => deliveriesTo(sink).filter((delivery) => delivery.state === state).length
        const leased = deliveriesTo(sink).filter((delivery) => delivery.state === 'pending' && isLeased(delivery, readClock())).length
        const { oldestPending, paused, ...counts } = stats.sinks[sink] ?? {}
        assert.equal(paused !== undefined, pausedSinks.has(sink), 'paused')
        const expected = {
          pending: count('pending'),
          leased,
          delivered: count('delivered'),
          dead: count('dead'),
          discarded: count('discarded'),
          delayed: deliveriesTo(sink).filter(isDelayed).length,
        }
        assert.deepEqual(counts, expected)
        const blocked = (await journal.blocked(sink, 1_000)).map(({ id, waitingBehind, ...lane }) => [
          id,
          waitingBehind,
          lane.attempts,
          lane.dueAt,
        ])
        const heads = deliveriesTo(sink).filter((each) => each.lane !== undefined && isDelayed(each) && isFirstInLane(each))
        const waiting = heads.map((each) => [each.event.id, pendingInLane(each).length, each.attempts, dueAt(each)])
        assert.deepEqual(blocked.sort(), waiting.sort(), 'what is blocked')
      }
    },
  }
}
