import assert from 'node:assert/strict'
import type { ChangeRequest, ClaimRequest, ClaimResult, DeliveryState, Journal, NewEvent, Outcome, ReprocessedEvent } from '@callboard/core'
import { DEFAULT_DEDUPE_WINDOW_MS } from '@callboard/core'
import type { ManualClock } from '@callboard/testing'

type Given = Pick<NewEvent, 'app' | 'key' | 'dedupeKey' | 'sinks'> & { readonly status?: NewEvent['status'] }

/** `follow`: goes on behind what the last change of this kind looked at. */
type Asked = Pick<ChangeRequest, 'sink' | 'from' | 'limit' | 'dryRun' | 'key'> & { readonly follow?: boolean }

/** One step of a random script. */
export type Step =
  | { readonly do: 'append'; readonly events: readonly Given[]; readonly handOut: readonly ClaimRequest[] }
  | { readonly do: 'claim'; readonly request: ClaimRequest }
  | { readonly do: 'settle' /** 0: the latest claim */; readonly which: number; readonly outcome: Outcome }
  | { readonly do: 'advance'; readonly ms: number }
  /** The wall clock is put forward or back. */
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'replay' | 'discard'; readonly change: Asked }
  | { readonly do: 'reprocess' /** Counted from the newest event. */; readonly which: number; readonly as: Omit<ReprocessedEvent, 'id'> }
  | { readonly do: 'prune'; readonly delivered: number; readonly dead: number }
  | { readonly do: 'reopen' }

interface Delivery {
  readonly event: Event
  readonly sink: string
  /** Of the time when it was made: an event that is reprocessed gets its key later. */
  readonly lane: string | undefined
  state: DeliveryState
  place: number
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

// Corrections of the clock up to this are not noticed.
const TOLERANCE = 1_000

/**
 * A journal as a flat list, which knows neither heads nor indexes: whatever it is asked, it looks at everything. `byWall`: its
 * moments are wall time, and where that is put back, what was due in so many milliseconds still is.
 */
export const createModel = (clock: ManualClock, byWall: boolean) => {
  const time = byWall ? clock.now : clock.elapsed
  let latest = time()
  let followed: Partial<Record<'replay' | 'discard', { readonly next: string; readonly last: number }>> = {}
  let events: Event[] = []
  let numbers = 0
  let issued: { sink: string; id: string; token: string }[] = []

  const all = () => events.flatMap(({ deliveries }) => deliveries)
  const of = (sink: string) => all().filter((delivery) => delivery.sink === sink)
  const isMate = (one: Delivery, other: Delivery) =>
    one !== other && one.sink === other.sink && one.lane !== undefined && one.lane === other.lane
  const waitsFor = (delivery: Delivery): readonly Delivery[] => all().filter((mate) => mate.state === 'pending' && isMate(delivery, mate))
  const isHead = (delivery: Delivery) => waitsFor(delivery).every((mate) => mate.place > delivery.place)

  const mayBeClaimed = (delivery: Delivery, ordered: boolean, now: number) =>
    delivery.state === 'pending' &&
    delivery.due <= now &&
    (!ordered || (isHead(delivery) && !waitsFor(delivery).some((mate) => isLeased(mate, now))))

  const deliver = (event: Event, sink: string) => {
    const lane = event.key === undefined ? undefined : `${event.app} ${event.key}`
    event.deliveries.push({ event, sink, lane, state: 'pending', place: ++numbers, due: time(), attempts: 0, replay: false, endedAt: 0 })
  }

  const isDelayed = (delivery: Delivery) =>
    delivery.state === 'pending' && delivery.token === undefined && delivery.attempts > 0 && delivery.due > time()

  const dueAt = (delivery: Delivery) => clock.now() + delivery.due - time()

  /** What a journal does before each call. */
  const tell = () => {
    const now = time()
    if (now < latest - TOLERANCE) {
      for (const delivery of all()) if (delivery.state === 'pending' && delivery.due > now) delivery.due -= latest - now
      latest = now
    }
    latest = Math.max(latest, now)
  }

  const end = (delivery: Delivery, state: DeliveryState) => {
    delivery.state = state
    delivery.endedAt = time()
    delete delivery.token
  }

  const append = async (journal: Journal, given: readonly Given[], handOut: readonly ClaimRequest[]) => {
    const batch = given.map((special): NewEvent => {
      const raw = new Uint8Array(3)
      return { id: `e${++numbers}`, command: 'C', status: 'accepted', receivedAt: 1, query: {}, raw, ...special }
    })
    const expected = batch.map((event) => {
      const first = events.find(
        ({ app, dedupeKey, at }) =>
          dedupeKey !== undefined && dedupeKey === event.dedupeKey && app === event.app && time() - at < DEFAULT_DEDUPE_WINDOW_MS,
      )
      if (first) {
        first.duplicates += 1
        return { type: 'duplicate', id: first.id }
      }
      const stored: Event = { ...event, key: event.key, at: time(), deliveries: [], duplicates: 0 }
      events.push(stored)
      for (const sink of event.sinks) deliver(stored, sink)
      return { type: 'recorded', id: event.id }
    })
    const answers = await journal.append(batch, handOut)
    assert.deepEqual(
      answers.map(({ type, id }) => ({ type, id })),
      expected,
    )
    for (const answer of answers) if (answer.type === 'recorded') handedOut(answer.id, answer.tokens ?? {}, handOut)
    for (const { sink, max } of handOut) {
      const handed = answers.filter((answer) => answer.type === 'recorded' && answer.tokens?.[sink] !== undefined)
      assert.ok(handed.length <= max, 'an append hands out no more than it was asked for')
    }
  }

  /** What was handed out together with the storing: nothing that a claim might not have been given. */
  const handedOut = (id: string, tokens: Readonly<Record<string, string>>, handOut: readonly ClaimRequest[]) => {
    for (const [sink, token] of Object.entries(tokens)) {
      const request = handOut.find((each) => each.sink === sink)
      const delivery = of(sink).find(({ event }) => event.id === id)
      assert.ok(request && delivery && mayBeClaimed(delivery, request.ordered, time()), `${id} may be handed out to ${sink}`)
      Object.assign(delivery, { token, attempts: 1, due: time() + request.leaseMs })
      issued.push({ sink, id, token })
    }
  }

  const checkClaims = ({ claims, waitMs }: ClaimResult, { sink, max, leaseMs, ordered }: ClaimRequest) => {
    const now = time()
    const claimable = of(sink).filter((delivery) => mayBeClaimed(delivery, ordered, now))
    assert.equal(claims.length, Math.min(max, claimable.length), 'claims hand out all they may')
    for (const { event, token, attempt, replay } of claims) {
      const delivery = claimable.find((each) => each.event.id === event.id)
      assert.ok(delivery, `${event.id} may be claimed`)
      assert.deepEqual({ attempt, replay }, { attempt: delivery.attempts + 1, replay: delivery.replay })
      assert.deepEqual([event.status, event.key], [delivery.event.status, delivery.event.key])
      Object.assign(delivery, { token, attempts: attempt, due: now + leaseMs })
      issued.push({ sink, id: event.id, token })
    }
    const later = of(sink).filter((each) => each.state === 'pending' && each.due > now && (!ordered || isHead(each) || isLeased(each, now)))
    const next = later.length === 0 ? undefined : Math.min(...later.map(({ due }) => due)) - now
    assert.equal(waitMs, claimable.length > claims.length ? 0 : next, 'the hint for sleeping')
  }

  const settle = async (journal: Journal, which: number, outcome: Outcome) => {
    const claim = issued.at(-1 - which)
    if (!claim) return
    const delivery = of(claim.sink).find(({ event }) => event.id === claim.id)
    const counts = delivery?.state === 'pending' && delivery.token === claim.token
    assert.deepEqual(await journal.settle([{ ...claim, outcome }]), [counts ? 'settled' : 'stale'])
    if (!counts || !delivery) return
    if (outcome.type === 'delivered' || outcome.type === 'dead') return end(delivery, outcome.type)
    delete delivery.token
    delivery.due = time() + (outcome.type === 'retry' ? outcome.retryInMs : 0)
    if (outcome.type === 'released') delivery.attempts -= 1
  }

  const change = async (journal: Journal, verb: 'replay' | 'discard', { follow = false, ...asked }: Asked) => {
    const now = time()
    const legal = verb === 'replay' ? ['delivered', 'dead', 'discarded', 'none'] : ['pending', 'dead']
    const before = follow ? followed[verb] : undefined
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
    if (last) assert.equal(next !== undefined, expected.more, 'where to go on')
    if (next !== undefined && last) followed = { ...followed, [verb]: { next, last: position(last.event) } }
    if (asked.dryRun) return
    for (const { event, delivery } of free.slice(0, asked.limit)) {
      if (!delivery) deliver(event, asked.sink)
      else if (verb === 'discard') end(delivery, 'discarded')
      else Object.assign(delivery, { state: 'pending', place: ++numbers, due: now, attempts: 0, replay: true })
    }
  }

  const reprocess = async (journal: Journal, which: number, as: Omit<ReprocessedEvent, 'id'>) => {
    const event = events.at(-1 - which)
    const counts = event?.status === 'quarantined'
    assert.equal(await journal.reprocess([{ id: event?.id ?? 'nobody', ...as }]), counts ? 1 : 0)
    if (!event || !counts) return
    event.status = 'accepted'
    event.key = as.key ?? event.key
    for (const sink of as.sinks) if (event.deliveries.every((each) => each.sink !== sink)) deliver(event, sink)
  }

  const prune = async (journal: Journal, delivered: number, dead: number) => {
    const now = time()
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
    const over = events.filter(isOver)
    assert.deepEqual(await journal.prune({ delivered, dead, limit: 1_000 }), { events: over.length, more: false })
    events = events.filter((event) => !over.includes(event))
  }

  return {
    /** Does a step to the journal and to the model, and compares what the journal answers. */
    take: async (journal: Journal, step: Exclude<Step, { readonly do: 'reopen' }>): Promise<void> => {
      if (step.do === 'jump') return clock.jump(step.ms)
      tell()
      if (step.do === 'reprocess') return reprocess(journal, step.which, step.as)
      if (step.do === 'append') return append(journal, step.events, step.handOut)
      if (step.do === 'claim') return checkClaims(await journal.claim(step.request), step.request)
      if (step.do === 'settle') return settle(journal, step.which, step.outcome)
      if (step.do === 'advance') return clock.advance(step.ms)
      if (step.do === 'prune') return prune(journal, step.delivered, step.dead)
      return change(journal, step.do, step.change)
    },
    /** The journal was opened again: nothing is claimed any more. */
    reopened: () => {
      tell()
      issued = []
      for (const delivery of all()) {
        if (delivery.token !== undefined) delivery.due = time()
        delete delivery.token
      }
    },
    /** Compares all that the journal knows. */
    compare: async (journal: Journal): Promise<void> => {
      tell()
      const found = (await journal.find({ limit: 10_000, order: 'oldest' })).events
      assert.deepEqual(
        found.map(({ id, key, status, duplicates, deliveries }) => [
          id,
          key,
          status,
          duplicates,
          deliveries.map(({ sink, state, attempts, dueAt: due }) => [sink, state, attempts, due]),
        ]),
        events.map(({ id, key, status, duplicates, deliveries }) => [
          id,
          key,
          status,
          duplicates,
          deliveries.map((each) => [each.sink, each.state, each.attempts, isDelayed(each) ? dueAt(each) : undefined]),
        ]),
      )
      const stats = await journal.stats()
      assert.deepEqual([stats.events, stats.bytes], [events.length, events.length * 3])
      for (const sink of new Set(all().map((delivery) => delivery.sink))) {
        const count = (state: DeliveryState) => of(sink).filter((delivery) => delivery.state === state).length
        const leased = of(sink).filter((delivery) => delivery.state === 'pending' && isLeased(delivery, time())).length
        const { oldestPending, ...counts } = stats.sinks[sink] ?? {}
        const expected = {
          pending: count('pending'),
          leased,
          delivered: count('delivered'),
          dead: count('dead'),
          discarded: count('discarded'),
          delayed: of(sink).filter(isDelayed).length,
        }
        assert.deepEqual(counts, expected)
        const blocked = (await journal.blocked(sink, 1_000)).map(({ id, waitingBehind, ...lane }) => [
          id,
          waitingBehind,
          lane.attempts,
          lane.dueAt,
        ])
        const heads = of(sink).filter((each) => each.lane !== undefined && isDelayed(each) && isHead(each))
        const waiting = heads.map((each) => [each.event.id, waitsFor(each).length, each.attempts, dueAt(each)])
        assert.deepEqual(blocked.sort(), waiting.sort(), 'what is blocked')
      }
    },
  }
}
