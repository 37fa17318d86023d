import type { Journal, Outcome, StoredEvent } from '../journal/journal.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { Plugin } from '../plugin/plugin.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { Log } from '../util/log.ts'
import type { WatchdogHook } from '../util/watchdog-hook.ts'
import { createAttempts, type RunningAttempt } from './attempt.ts'
import type { DecodedEvent } from './decode-stored.ts'
import type { AppendedEvent, HandOff } from './hand-off.ts'
import { closeSink, type RunningSink } from './open-sinks.ts'
import type { SinkState } from './sink-health.ts'
import { createSinkWorker } from './sink-worker.ts'

interface DelivererDeps {
  readonly journal: Journal
  readonly sinks: readonly RunningSink[]
  readonly plugins: ReadonlyMap<string, Plugin>
  readonly limits: ScanLimits
  readonly clock: Clock
  readonly emit: Emit
  readonly log: Log
  readonly watchdog: WatchdogHook
}

/** Delivers stored events to the sinks, after the answer. Each sink has a worker of its own, so that a failing sink delays no other. */
export interface Deliverer extends HandOff {
  /** Says that these sinks may have new deliveries. */
  readonly wake: (sinks: Iterable<string>) => void
  readonly states: () => readonly SinkState[]
  /** Ends the pause or the cooldown of a sink. Resolves with false when there is no such sink. */
  readonly resume: (sink: string) => Promise<boolean>
  /** Makes one attempt without the journal. Resolves with undefined when there is no such sink. */
  readonly testDelivery: (sink: string, event: StoredEvent) => Promise<Outcome | undefined>
  /** Resolves when all deliveries that are due have been tried and settled. */
  readonly idle: () => Promise<void>
  /** Starts no more deliveries, waits up to `graceMs` for those in flight, then closes the sinks. */
  readonly stop: (graceMs: number) => Promise<void>
}

export const createDeliverer = ({ journal, sinks, plugins, limits, clock, emit, log, watchdog }: DelivererDeps): Deliverer => {
  const attemptsOf = createAttempts({ plugins, limits, clock, random: Math.random, watchdog })
  const workers = new Map(
    sinks.map((sink) => [sink.name, createSinkWorker({ sink, journal, startAttempt: attemptsOf(sink), clock, emit })]),
  )
  const testAttempts = new Set<RunningAttempt>()

  const interruptAll = () => {
    const reason = new Error('Callboard is stopping')
    for (const each of [...workers.values(), ...testAttempts]) each.stop(reason)
  }

  /** Starts the leased deliveries of an event. Adds those that the append did not lease to `backlog`. */
  const acceptEvent = ({ event, tokens, decoded }: AppendedEvent, backlog: Map<string, number>) => {
    // A sink may change the body that it receives. So one sink gets the decoded body, and it is decoded again for the others.
    let unused: DecodedEvent | undefined = decoded
    for (const sink of event.sinks) {
      const token = Object.hasOwn(tokens, sink) ? tokens[sink] : undefined
      if (token === undefined) backlog.set(sink, (backlog.get(sink) ?? 0) + 1)
      else {
        workers.get(sink)?.accept({ token, event, attempt: 1, replay: false }, unused)
        unused = undefined
      }
    }
  }

  for (const worker of workers.values()) worker.wake()
  return {
    wake: (names) => {
      for (const name of new Set(names)) workers.get(name)?.wake()
    },
    reserveSlots: (events) => [...workers.values()].flatMap((worker) => worker.reserveSlots(events) ?? []),
    accept: (events, reserved) => {
      const backlog = new Map<string, number>()
      for (const event of events) acceptEvent(event, backlog)
      for (const [sink, deliveries] of backlog) workers.get(sink)?.noteBacklog(deliveries)
      for (const { sink, max } of reserved) workers.get(sink)?.releaseSlots(max)
    },
    states: () => [...workers.values()].map((worker) => worker.state()),
    resume: async (name) => {
      const worker = workers.get(name)
      if (!worker) return false
      await journal.resume(name)
      worker.resume()
      return true
    },
    testDelivery: async (name, event) => {
      const sink = sinks.find((each) => each.name === name)
      if (!sink) return undefined
      const attempt = attemptsOf(sink)({ token: '', event, attempt: 1, replay: false }, () => true)
      testAttempts.add(attempt)
      const { outcome } = await attempt.result
      testAttempts.delete(attempt)
      return outcome
    },
    idle: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.idle()))
    },
    stop: async (graceMs) => {
      const cancel = clock.after(graceMs, interruptAll)
      await Promise.all([...workers.values()].map((worker) => worker.drain()))
      cancel()
      await Promise.all(sinks.map((sink) => closeSink(sink, log, clock)))
    },
  }
}
