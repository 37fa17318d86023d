import type { Claim, ClaimRequest, Journal, Outcome } from '../journal/journal.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { AttemptResult, RunningAttempt, StartAttempt } from './attempt.ts'
import type { DecodedEvent } from './decode-stored.ts'
import type { RunningSink } from './open-sinks.ts'
import { createSettlementQueue, isPermanent } from './settlement-queue.ts'
import { createSinkHealth, type SinkState } from './sink-health.ts'

/** A lease lasts this much longer than the longest attempt. */
const LEASE_MARGIN_MS = 15_000
const RETRY_DELAY_MS = 1_000
/** How often a worker looks whether another process appended deliveries to a shared journal, or resumed the sink. */
const POLL_INTERVAL_MS = 30_000

/** Delivers the events of one sink: claims deliveries from the journal, makes the attempts and settles them. */
export interface SinkWorker {
  /** Says that there may be deliveries to claim. */
  readonly wake: () => void
  /** Reserves delivery slots for an append of `events` events. Undefined while this sink has a backlog. */
  readonly reserveSlots: (events: number) => ClaimRequest | undefined
  /** Releases reserved slots. */
  readonly releaseSlots: (slots: number) => void
  /** Starts a delivery that an append leased. */
  readonly accept: (claim: Claim, decoded?: DecodedEvent) => void
  /** Says that an append left this many deliveries in the journal. They come before what is appended later. */
  readonly noteBacklog: (deliveries: number) => void
  readonly state: () => SinkState
  /** Ends a pause or a cooldown. */
  readonly resume: () => void
  /** Resolves when no delivery is due and none is in flight. */
  readonly idle: () => Promise<void>
  /** Starts no more deliveries. Resolves when those in flight are settled. */
  readonly drain: () => Promise<void>
  /** Interrupts the attempts in flight, and those that start from now on. */
  readonly stop: (reason: Error) => void
}

interface SinkWorkerDeps {
  readonly sink: RunningSink
  readonly journal: Journal
  readonly startAttempt: StartAttempt
  readonly clock: Clock
  readonly emit: Emit
}

export const createSinkWorker = ({ sink, journal, startAttempt, clock, emit }: SinkWorkerDeps): SinkWorker => {
  const health = createSinkHealth(sink, clock, emit)
  const inFlight: RunningAttempt[] = []
  let stopReason: Error | undefined
  let isClaiming = false
  let isDraining = false
  let claimNeeded = false
  /** Deliveries that could be claimed were left in the journal. */
  let hasBacklog = true
  /** How many deliveries wait in the journal, at most: for a slot, for their lane, or for a retry. */
  let backlog = Number.POSITIVE_INFINITY
  /** Slots that are reserved for claims and appends that are running. */
  let reserved = 0
  let cancelTimer = () => {}
  let cancelPauseCheck: (() => void) | undefined
  let waiters: (() => void)[] = []

  const hasWaiting = () => backlog > 0
  const freeSlots = () => (isDraining ? 0 : health.freeSlots(inFlight.length + reserved))

  // A drain does not wait for an append that hangs: its deliveries are released later.
  const isIdle = () =>
    inFlight.length === 0 && (reserved === 0 || isDraining) && !isClaiming && !settlements.isBusy() && !(claimNeeded && freeSlots() > 0)
  const resolveWaiters = () => {
    if (!isIdle()) return
    const idle = waiters
    waiters = []
    for (const resolve of idle) resolve()
  }
  const whenIdle = () =>
    new Promise<void>((resolve) => {
      waiters.push(resolve)
      resolveWaiters()
    })

  const onJournalResult = (error: unknown) => {
    health.recordJournal(error)
    if (!isDraining) health.emitChange()
  }

  const pollIn = (ms: number) => {
    cancelTimer()
    // A claim that was running when the drain began must not leave a timer: it would keep the process alive.
    if (!isDraining) cancelTimer = clock.after(ms, poll)
  }

  const settlements = createSettlementQueue({
    journal,
    clock,
    onJournalResult,
    // The next delivery of a lane is claimed with the settlement of the one before, in one commit.
    onSent: () => {
      if (backlog > 0 && !isDraining) poll()
    },
    onEmpty: () => {
      if (isDraining) resolveWaiters()
      else claimMore()
    },
  })

  const settle = ({ token, event }: Claim, outcome: Outcome) => settlements.add({ sink: sink.name, id: event.id, token, outcome })

  const deliver = async (claim: Claim, decoded?: DecodedEvent) => {
    const startedAt = clock.elapsed()
    const attempt = startAttempt(claim, hasWaiting, decoded)
    inFlight.push(attempt)
    if (stopReason) attempt.stop(stopReason)
    const result = await attempt.result
    const { outcome } = result
    inFlight.splice(inFlight.indexOf(attempt), 1)
    health.recordAttempt(claim.event.id, result)
    if (outcome.type === 'retry' || outcome.type === 'released') backlog += 1
    emitAttempt(claim, result, Math.round(clock.elapsed() - startedAt))
    health.emitChange()
    settle(claim, outcome)
  }

  const emitAttempt = ({ event, attempt }: Claim, { outcome, stack }: AttemptResult, ms: number) =>
    emit({
      type: 'attempt',
      outcome: outcome.type,
      sink: sink.name,
      id: event.id,
      app: event.app,
      command: event.command,
      receivedAt: event.receivedAt,
      attempt,
      ms,
      ...('error' in outcome && { error: outcome.error }),
      ...('retryInMs' in outcome && { retryInMs: outcome.retryInMs }),
      ...(stack !== undefined && { stack }),
    })

  const reserve = (slots: number): ClaimRequest => {
    reserved += slots
    return { sink: sink.name, max: slots, leaseMs: sink.timeoutMs + LEASE_MARGIN_MS, ordered: sink.ordered }
  }

  const claim = async (slots: number) => {
    isClaiming = true
    claimNeeded = false
    const wasPaused = health.isPaused()
    try {
      const { claims, waitMs, paused } = await journal.claim(reserve(slots))
      // A claim that began before an attempt paused the sink does not know of that pause.
      if (paused || wasPaused) health.setPause(paused)
      onJournalResult(undefined)
      if (paused) backlog = Number.POSITIVE_INFINITY
      else if (waitMs === undefined) backlog = 0
      else backlog = claims.length > backlog ? Number.POSITIVE_INFINITY : backlog - claims.length
      hasBacklog = paused !== undefined || (waitMs === 0 && claims.length > 0)
      for (const each of claims) accept(each)
      if (hasBacklog) claimNeeded = true
      pollIn(waitMs === undefined ? POLL_INTERVAL_MS : Math.max(waitMs, 1))
    } catch (error) {
      backlog = Number.POSITIVE_INFINITY
      onJournalResult(error)
      if (!isPermanent(error)) pollIn(RETRY_DELAY_MS)
    }
    reserved -= slots
    isClaiming = false
    claimMore()
  }

  const claimMore = () => {
    const slots = freeSlots()
    // Without a known backlog, half of the slots stay free for new events.
    if (claimNeeded && slots > 0 && !isClaiming) claim(hasBacklog ? slots : Math.ceil(slots / 2))
    else if (claimNeeded && !isDraining) {
      const cooldown = health.cooldown()
      if (cooldown > 0) pollIn(cooldown)
    }
    checkPauseLater()
    resolveWaiters()
  }

  const checkPauseLater = () => {
    if (isDraining || !health.isPaused()) return
    cancelPauseCheck ??= clock.after(POLL_INTERVAL_MS, () => {
      cancelPauseCheck = undefined
      // The journal knows of the pause only when the attempt that paused the sink is settled.
      if (health.isPaused() && !isClaiming && !settlements.isBusy()) claim(1)
      else checkPauseLater()
    })
  }

  const accept = (each: Claim, decoded?: DecodedEvent) => {
    if (isDraining || health.isPaused()) settle(each, { type: 'released' })
    else deliver(each, decoded)
  }

  const poll = () => {
    claimNeeded = true
    health.emitChange()
    claimMore()
  }

  const wake = () => {
    backlog = Number.POSITIVE_INFINITY
    poll()
  }

  return {
    wake,
    reserveSlots: (events) => {
      const slots = hasBacklog ? 0 : Math.min(freeSlots(), events)
      return slots > 0 ? reserve(slots) : undefined
    },
    releaseSlots: (slots) => {
      reserved -= slots
      claimMore()
    },
    accept,
    noteBacklog: (deliveries) => {
      hasBacklog = true
      backlog += deliveries
      poll()
    },
    state: () => health.state(inFlight.length),
    resume: () => {
      health.resume()
      wake()
    },
    idle: whenIdle,
    drain: () => {
      isDraining = true
      settlements.stopRetrying()
      cancelTimer()
      cancelPauseCheck?.()
      return whenIdle()
    },
    stop: (reason) => {
      stopReason = reason
      for (const attempt of inFlight) attempt.stop(reason)
    },
  }
}
