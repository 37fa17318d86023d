import type { Clock } from '../clock.ts'
import type { Claim, Journal, Outcome, Settlement } from '../journal.ts'
import type { Tell } from '../signal.ts'
import type { Attempt, OpenedSink } from './attempt.ts'

// A claim outlives the longest attempt by this much.
const LEASE_MARGIN = 15_000
const AFTER_TROUBLE = 1_000
/** Work that another owner of a shared journal appended is looked for this often, in milliseconds, when nobody wakes us. */
const POLL = 30_000

/** The deliveries of one sink: claims them from the journal, makes the attempts, settles them. */
export interface Channel {
  /** There may be work. */
  readonly wake: () => void
  /** Resolves when nothing that is due waits and nothing is in flight. */
  readonly idle: () => Promise<void>
  /** Starts nothing more; resolves when what was in flight has been settled. */
  readonly drain: () => Promise<void>
}

interface Workings {
  readonly sink: OpenedSink
  readonly journal: Journal
  readonly attempt: Attempt
  readonly clock: Clock
  readonly tell: Tell
  /** Aborted when attempts in flight must end. */
  readonly stop: AbortSignal
}

export const createChannel = ({ sink, journal, attempt, clock, tell, stop }: Workings): Channel => {
  let inFlight = 0
  let claiming = false
  let wanted = false
  let settling = false
  let draining = false
  let outcomes: Settlement[] = []
  let cancelTimer = () => {}
  let waiters: (() => void)[] = []

  const quiet = () => inFlight === 0 && !claiming && !settling && outcomes.length === 0 && !(wanted && !draining)
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

  const wakeIn = (ms: number) => {
    cancelTimer()
    // A claim that was under way when the draining began must leave no timer: it would keep the process alive.
    if (!draining) cancelTimer = clock.after(ms, wake)
  }

  const start = async (claim: Claim) => {
    inFlight += 1
    const from = clock.elapsed()
    const outcome = await attempt(sink, claim, stop)
    inFlight -= 1
    report(claim, outcome, Math.round(clock.elapsed() - from))
    outcomes.push({ sink: sink.name, id: claim.event.id, token: claim.token, outcome })
    settle()
  }

  const report = ({ event, attempt: number }: Claim, outcome: Outcome, ms: number) =>
    tell({
      type: 'attempt',
      outcome: outcome.as,
      sink: sink.name,
      id: event.id,
      app: event.app,
      command: event.command,
      attempt: number,
      ms,
      ...('error' in outcome && { error: outcome.error }),
      ...('after' in outcome && { after: outcome.after }),
    })

  /** One settle at a time: what ends meanwhile goes with the next. */
  const settle = async () => {
    if (settling) return
    settling = true
    // What ends in the same turn goes along.
    await Promise.resolve()
    while (outcomes.length > 0) {
      const batch = outcomes
      outcomes = []
      try {
        await journal.settle(batch)
      } catch {
        // The journal tells of its trouble itself. An unsettled delivery is only repeated, so trying once more is all there is to do.
        if (draining) break
        outcomes = [...batch, ...outcomes]
        await new Promise<void>((resolve) => clock.after(AFTER_TROUBLE, resolve))
      }
    }
    settling = false
    if (draining) rest()
    else wake()
  }

  const claim = async () => {
    claiming = true
    wanted = false
    const max = sink.concurrency - inFlight
    try {
      const { claims, wait } = await journal.claim({ sink: sink.name, max, lease: sink.timeout + LEASE_MARGIN, ordered: sink.ordered })
      for (const each of claims) start(each)
      if (wait === 0 && claims.length > 0) wanted = true
      wakeIn(wait === undefined ? POLL : Math.max(wait, 1))
    } catch {
      wakeIn(AFTER_TROUBLE)
    }
    claiming = false
    pump()
  }

  const pump = () => {
    if (wanted && !draining && !claiming && inFlight < sink.concurrency) claim()
    rest()
  }

  const wake = () => {
    wanted = true
    pump()
  }

  return {
    wake,
    idle: whenQuiet,
    drain: () => {
      draining = true
      cancelTimer()
      return whenQuiet()
    },
  }
}
