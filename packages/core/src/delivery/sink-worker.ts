import type { Claim, ClaimRequest, Journal, Outcome } from '../journal/journal.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { Attempt, RunningAttempt, RunningSink } from './attempt.ts'
import type { DecodedEvent } from './decode-stored.ts'
import { createSettlementQueue, isPermanent } from './settlement-queue.ts'
import { createSinkHealth, type SinkState } from './sink-health.ts'

// A claim outlives the longest attempt by this much.
const LEASE_MARGIN = 15_000
const AFTER_TROUBLE = 1_000
/** Work that another owner of a shared journal appended is looked for this often, in milliseconds, when nobody wakes us. */
const POLL = 30_000

/** The deliveries of one sink: claims them from the journal, makes the attempts, settles them. */
export interface SinkWorker {
  /** There may be work, nobody knows how much. */
  readonly wake: () => void
  /** What an append of so many events may hand out at once: nothing while older work waits. The room is kept until it is withdrawn. */
  readonly offer: (events: number) => ClaimRequest | undefined
  /** Room that was offered is free again. */
  readonly withdraw: (room: number) => void
  /** Work that an append handed out; `seen` as for an attempt. */
  readonly take: (claim: Claim, seen?: DecodedEvent) => void
  /** An append left so many deliveries where they are: they come before what is appended later. */
  readonly fallBehind: (deliveries: number) => void
  readonly state: () => SinkState
  /** Ends a pause, or a rest. */
  readonly resume: () => void
  /** Resolves when nothing that may be tried now waits and nothing is in flight. */
  readonly idle: () => Promise<void>
  /** Starts nothing more; resolves when what was in flight has been settled. */
  readonly drain: () => Promise<void>
  /** From now on attempts end soon after they begin, those in flight at once. */
  readonly stop: (reason: Error) => void
}

interface Workings {
  readonly sink: RunningSink
  readonly journal: Journal
  readonly attempt: Attempt
  readonly clock: Clock
  readonly tell: Emit
}

export const createSinkWorker = ({ sink, journal, attempt, clock, tell }: Workings): SinkWorker => {
  const health = createSinkHealth(sink, clock, tell)
  // No Set: what passes through one in great numbers leaves garbage that keeps other garbage (deadlines.ts says why).
  const underWay: RunningAttempt[] = []
  let stopped: Error | undefined
  let claiming = false
  let wanted = false
  /** Work that could be had was left where it is. */
  let behind = true
  /** Deliveries that wait in the journal, at most: for room, for one in flight before them, or for another attempt. */
  let left = Number.POSITIVE_INFINITY
  /** Room for what has been asked of the journal, and is not here yet. */
  let asked = 0
  let draining = false
  let cancelTimer = () => {}
  let waiters: (() => void)[] = []

  const room = () => (draining ? 0 : health.freeSlots(underWay.length + asked))

  // An append that hangs holds up no stop: what it hands out later is given back.
  const quiet = () => underWay.length === 0 && (asked === 0 || draining) && !claiming && !settler.busy() && !(wanted && room() > 0)
  const rest = () => {
    if (!quiet()) return
    const resting = waiters
    waiters = []
    for (const resolve of resting) resolve()
  }
  const whenQuiet = () =>
    new Promise<void>((resolve) => {
      waiters.push(resolve)
      rest()
    })

  const journalSaid = (error: unknown) => {
    health.journal(error)
    if (!draining) health.emitChange()
  }

  const wakeIn = (ms: number) => {
    cancelTimer()
    // A claim that was under way when the draining began must leave no timer: it would keep the process alive.
    if (!draining) cancelTimer = clock.after(ms, look)
  }

  const settler = createSettlementQueue({
    journal,
    clock,
    trouble: journalSaid,
    settled: () => {
      if (draining) rest()
      else if (left > 0) look()
      else pump()
    },
  })

  const start = async (claim: Claim, seen?: DecodedEvent) => {
    const from = clock.elapsed()
    const attempting = attempt(claim, seen)
    underWay.push(attempting)
    if (stopped) attempting.stop(stopped)
    const attempted = await attempting.ended
    const { outcome } = attempted
    underWay.splice(underWay.indexOf(attempting), 1)
    health.ended(claim.event.id, attempted)
    if (outcome.type === 'retry' || outcome.type === 'released') left += 1
    report(claim, outcome, Math.round(clock.elapsed() - from))
    health.emitChange()
    settler.settle({ sink: sink.name, id: claim.event.id, token: claim.token, outcome })
  }

  const report = ({ event, attempt: number }: Claim, outcome: Outcome, ms: number) =>
    tell({
      type: 'attempt',
      outcome: outcome.type,
      sink: sink.name,
      id: event.id,
      app: event.app,
      command: event.command,
      receivedAt: event.receivedAt,
      attempt: number,
      ms,
      ...('error' in outcome && { error: outcome.error }),
      ...('retryInMs' in outcome && { retryInMs: outcome.retryInMs }),
    })

  const requestFor = (max: number): ClaimRequest => {
    asked += max
    return { sink: sink.name, max, leaseMs: sink.timeoutMs + LEASE_MARGIN, ordered: sink.ordered }
  }

  const claim = async (max: number) => {
    claiming = true
    wanted = false
    try {
      const { claims, waitMs } = await journal.claim(requestFor(max))
      journalSaid(undefined)
      for (const each of claims) start(each)
      left = waitMs === undefined ? 0 : claims.length > left ? Number.POSITIVE_INFINITY : left - claims.length
      behind = waitMs === 0 && claims.length > 0
      if (behind) wanted = true
      wakeIn(waitMs === undefined ? POLL : Math.max(waitMs, 1))
    } catch (error) {
      left = Number.POSITIVE_INFINITY
      journalSaid(error)
      if (!isPermanent(error)) wakeIn(AFTER_TROUBLE)
    }
    asked -= max
    claiming = false
    pump()
  }

  const pump = () => {
    const max = room()
    // Where nothing older is known to wait, appends are left some room to fill.
    if (wanted && max > 0 && !claiming) claim(behind ? max : Math.ceil(max / 2))
    else if (wanted && !draining) {
      const rests = health.cooldown()
      if (rests > 0) wakeIn(rests)
    }
    rest()
  }

  const look = () => {
    wanted = true
    health.emitChange()
    pump()
  }

  const wake = () => {
    left = Number.POSITIVE_INFINITY
    look()
  }

  return {
    wake,
    offer: (events) => {
      const max = behind ? 0 : Math.min(room(), events)
      return max > 0 ? requestFor(max) : undefined
    },
    withdraw: (free) => {
      asked -= free
      pump()
    },
    take: (claim, seen) => {
      if (draining) settler.settle({ sink: sink.name, id: claim.event.id, token: claim.token, outcome: { type: 'released' } })
      else start(claim, seen)
    },
    fallBehind: (deliveries) => {
      behind = true
      left += deliveries
      look()
    },
    state: () => health.state(underWay.length),
    resume: () => {
      health.resume()
      wake()
    },
    idle: whenQuiet,
    drain: () => {
      draining = true
      settler.stopRetrying()
      cancelTimer()
      return whenQuiet()
    },
    stop: (reason) => {
      stopped = reason
      for (const attempting of underWay) attempting.stop(reason)
    },
  }
}
