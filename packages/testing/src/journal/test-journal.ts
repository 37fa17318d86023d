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

/** A journal on the test bench, with the few things that every rule does with one. */
export interface TestJournal {
  readonly clock: ManualClock
  /** The journal as it is open now. */
  readonly journal: () => Journal
  /** Closes the journal and opens it again. */
  readonly reopen: () => Promise<void>
}

/** What a rule says, and how it is checked. */
export type Rules = Readonly<Record<string, (bench: TestJournal) => Promise<void>>>

/** An event with nothing special about it. */
export const newEvent = (id: string, special: Partial<NewEvent> = {}): NewEvent => ({
  id,
  app: 1400000000,
  command: 'Group.CallbackAfterGroupDestroyed',
  status: 'accepted',
  receivedAt: 1_760_000_000_000,
  query: { OptPlatform: 'Web' },
  raw: new TextEncoder().encode(`{"id":"${id}"}`),
  sinks: ['a'],
  ...special,
})

/** Events of one key, in this order. */
export const eventsOfKey = (key: string, ...ids: readonly string[]): readonly NewEvent[] => ids.map((id) => newEvent(id, { key }))

export const LEASE_MS = 15_000

/** A claim of all there is for sink `a`, in order. */
export const claim = ({ journal }: TestJournal, special: Partial<ClaimRequest> = {}): Promise<ClaimResult> =>
  journal().claim({ sink: 'a', max: 100, leaseMs: LEASE_MS, ordered: true, ...special })

/** Claims, and gives the ids of what was handed out, sorted, since order between lanes is not promised. */
export const claimIds = async (bench: TestJournal, special: Partial<ClaimRequest> = {}): Promise<readonly string[]> =>
  (await claim(bench, special)).claims.map(({ event }) => event.id).sort()

/** The only claim there is. */
export const claimOnly = async (bench: TestJournal, special: Partial<ClaimRequest> = {}): Promise<Claim> => {
  const { claims } = await claim(bench, special)
  const [only] = claims
  assert.equal(claims.length, 1)
  assert.ok(only)
  return only
}

/** Settles one claim. */
export const settle = async ({ journal }: TestJournal, { event, token }: Claim, outcome: Outcome, sink = 'a') => {
  const [answer] = await journal().settle([{ sink, id: event.id, token, outcome }])
  return answer
}

/** Claims all there is and settles it likewise. */
export const claimAndSettleAll = async (bench: TestJournal, outcome: Outcome, special: Partial<ClaimRequest> = {}): Promise<void> => {
  for (const each of (await claim(bench, special)).claims) {
    assert.equal(await settle(bench, each, outcome, special.sink), 'settled')
  }
}

/** What `find` says, oldest first. */
export const findEvents = async ({ journal }: TestJournal, special: Partial<EventQuery> = {}): Promise<readonly EventRecord[]> =>
  (await journal().find({ limit: 1_000, order: 'oldest', ...special })).events

export const findIds = async (bench: TestJournal, special: Partial<EventQuery> = {}): Promise<readonly string[]> =>
  (await findEvents(bench, special)).map(({ id }) => id)

/** The one event with this id. */
export const findOne = async (bench: TestJournal, id: string): Promise<EventRecord> => {
  const [event] = await findEvents(bench, { ids: [id] })
  assert.ok(event, `${id} is there`)
  return event
}

/** The state of each delivery, by sink. */
export const deliveryStates = async (bench: TestJournal, id: string): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await findOne(bench, id)).deliveries.map(({ sink, state }) => [sink, state]))

const change = (from: ChangeRequest['from'], special: Partial<ChangeRequest>): ChangeRequest => ({
  sink: 'a',
  from,
  limit: 1_000,
  by: 'the suite',
  ...special,
})

/** The numbers alone: where to go on is the journal's own word. */
const numbers = ({ changed, busy, more }: ChangeResult): ChangeResult => ({ changed, busy, more })

export const replay = async (
  { journal }: TestJournal,
  from: ChangeRequest['from'],
  special: Partial<ChangeRequest> = {},
): Promise<ChangeResult> => numbers(await journal().replay(change(from, special)))

export const discard = async (
  { journal }: TestJournal,
  from: ChangeRequest['from'],
  special: Partial<ChangeRequest> = {},
): Promise<ChangeResult> => numbers(await journal().discard(change(from, special)))

export const DELIVERED: Outcome = { type: 'delivered' }
export const DEAD: Outcome = { type: 'dead', error: 'refused by the sink' }
export const RELEASED: Outcome = { type: 'released' }
/** A failure that is tried again after so many milliseconds. */
export const retryIn = (retryInMs: number): Outcome => ({ type: 'retry', retryInMs, error: 'connection reset' })
