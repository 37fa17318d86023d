import assert from 'node:assert/strict'
import type {
  ChangeRequest,
  ChangeResult,
  Claim,
  ClaimRequest,
  ClaimResult,
  EventQuery,
  EventRecord,
  Journal,
  NewEvent,
  Outcome,
} from '@callboard/core'
import type { ManualClock } from '../clock.ts'

/** The journal that a test works with. */
export interface TestJournal {
  readonly clock: ManualClock
  /** The current instance of the journal: `reopen` replaces it. */
  readonly journal: () => Journal
  /** Closes the journal and opens it again. */
  readonly reopen: () => Promise<void>
}

/** The tests of some rules: title -> test. */
export type Rules = Readonly<Record<string, (tested: TestJournal) => Promise<void>>>

/** Returns an ordinary event with some fields replaced. */
export const newEvent = (id: string, fields: Partial<NewEvent> = {}): NewEvent => ({
  id,
  app: 1400000000,
  command: 'Group.CallbackAfterGroupDestroyed',
  status: 'accepted',
  receivedAt: 1_760_000_000_000,
  query: { OptPlatform: 'Web' },
  raw: new TextEncoder().encode(`{"id":"${id}"}`),
  sinks: ['a'],
  ...fields,
})

/** Returns events with one key, in this order. */
export const eventsOfKey = (key: string, ...ids: readonly string[]): readonly NewEvent[] => ids.map((id) => newEvent(id, { key }))

export const LEASE_MS = 15_000

/** Claims for sink `a`, at most 100 deliveries and in order unless `fields` say otherwise. */
export const claim = ({ journal }: TestJournal, fields: Partial<ClaimRequest> = {}): Promise<ClaimResult> =>
  journal().claim({ sink: 'a', max: 100, leaseMs: LEASE_MS, ordered: true, ...fields })

/** Claims, and returns the sorted ids of the events. They are sorted since there is no order between lanes. */
export const claimIds = async (tested: TestJournal, fields: Partial<ClaimRequest> = {}): Promise<readonly string[]> =>
  (await claim(tested, fields)).claims.map(({ event }) => event.id).sort()

/** Claims exactly one delivery. */
export const claimOnly = async (tested: TestJournal, fields: Partial<ClaimRequest> = {}): Promise<Claim> => {
  const { claims } = await claim(tested, fields)
  const [only] = claims
  assert.equal(claims.length, 1)
  assert.ok(only)
  return only
}

/** Settles one claim, and returns the answer. */
export const settle = async ({ journal }: TestJournal, { event, token }: Claim, outcome: Outcome, sink = 'a') => {
  const [answer] = await journal().settle([{ sink, id: event.id, token, outcome }])
  return answer
}

/** Claims, and settles each claim with the same outcome. */
export const claimAndSettleAll = async (tested: TestJournal, outcome: Outcome, fields: Partial<ClaimRequest> = {}): Promise<void> => {
  for (const each of (await claim(tested, fields)).claims) {
    assert.equal(await settle(tested, each, outcome, fields.sink), 'settled')
  }
}

/** Returns the events that `find` finds, oldest first. */
export const findEvents = async ({ journal }: TestJournal, fields: Partial<EventQuery> = {}): Promise<readonly EventRecord[]> =>
  (await journal().find({ limit: 1_000, order: 'oldest', ...fields })).events

export const findIds = async (tested: TestJournal, fields: Partial<EventQuery> = {}): Promise<readonly string[]> =>
  (await findEvents(tested, fields)).map(({ id }) => id)

/** Returns the event with this id. */
export const findOne = async (tested: TestJournal, id: string): Promise<EventRecord> => {
  const [event] = await findEvents(tested, { ids: [id] })
  assert.ok(event, `event ${id} exists`)
  return event
}

/** Returns the state of each delivery of an event, by sink. */
export const deliveryStates = async (tested: TestJournal, id: string): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await findOne(tested, id)).deliveries.map(({ sink, state }) => [sink, state]))

const change = (from: ChangeRequest['from'], fields: Partial<ChangeRequest>): ChangeRequest => ({
  sink: 'a',
  from,
  limit: 1_000,
  by: 'the suite',
  ...fields,
})

/** Removes `next`, whose value is up to the journal. */
const withoutNext = ({ changed, busy, more }: ChangeResult): ChangeResult => ({ changed, busy, more })

export const replay = async (
  { journal }: TestJournal,
  from: ChangeRequest['from'],
  fields: Partial<ChangeRequest> = {},
): Promise<ChangeResult> => withoutNext(await journal().replay(change(from, fields)))

export const discard = async (
  { journal }: TestJournal,
  from: ChangeRequest['from'],
  fields: Partial<ChangeRequest> = {},
): Promise<ChangeResult> => withoutNext(await journal().discard(change(from, fields)))

export const DELIVERED: Outcome = { type: 'delivered' }
export const DEAD: Outcome = { type: 'dead', error: 'refused by the sink' }
export const RELEASED: Outcome = { type: 'released' }
/** A failed attempt with a retry after this number of milliseconds. */
export const retryIn = (retryInMs: number): Outcome => ({ type: 'retry', retryInMs, error: 'connection reset' })
