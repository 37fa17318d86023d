import type { ClaimRequest, Journal, Outcome, StoredEvent } from '../journal/journal.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { AppendedEvent } from '../pipeline/append-queue.ts'
import type { Plugin } from '../plugin/plugin.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { WatchdogHook } from '../util/watchdog-hook.ts'
import { attempts, type RunningAttempt, type RunningSink } from './attempt.ts'
import type { DecodedEvent } from './decode-stored.ts'
import type { SinkState } from './sink-health.ts'
import { createSinkWorker } from './sink-worker.ts'

interface DelivererDeps {
  readonly journal: Journal
  readonly sinks: readonly RunningSink[]
  readonly plugins: readonly Plugin[]
  readonly limits: ScanLimits
  readonly clock: Clock
  readonly tell: Emit
  readonly watch: WatchdogHook
  /** 0 to 1, for the jitter of retries. */
  readonly random?: () => number
}

/** After the answer: journal -> hook -> sink. One channel for each sink, so that a sick one delays nobody else. */
export interface Deliverer {
  /** These sinks have new deliveries. */
  readonly wake: (sinks: Iterable<string>) => void
  /** What the sinks that have nothing older to do can take of an append of so many events. */
  readonly reserveSlots: (events: number) => readonly ClaimRequest[]
  /** What came of an append and these offers. */
  readonly recorded: (events: readonly AppendedEvent[], offers: readonly ClaimRequest[]) => void
  /** How each sink is doing. */
  readonly states: () => readonly SinkState[]
  /** Lets a sink go on that was paused or rests. False: there is none of this name. */
  readonly resume: (sink: string) => boolean
  /** One attempt that no journal knows of. Undefined: there is no such sink. */
  readonly testDelivery: (sink: string, event: StoredEvent) => Promise<Outcome | undefined>
  /** Resolves when everything that is due has been tried and settled. */
  readonly idle: () => Promise<void>
  /** Starts nothing more, gives what is in flight up to `grace` milliseconds, then closes the sinks. */
  readonly stop: (grace: number) => Promise<void>
}

export const createDeliverer = ({
  journal,
  sinks,
  plugins,
  limits,
  clock,
  tell,
  watch,
  random = Math.random,
}: DelivererDeps): Deliverer => {
  const byCommand = new Map(plugins.map((plugin) => [plugin.command, plugin]))
  const attemptsAt = attempts(byCommand, { limits, clock, random, watch })
  const channels = new Map(sinks.map((sink) => [sink.name, createSinkWorker({ sink, journal, attempt: attemptsAt(sink), clock, tell })]))
  const testAttempts = new Set<RunningAttempt>()
  const stopAll = () => {
    const reason = new Error('Callboard is stopping')
    for (const each of [...channels.values(), ...testAttempts]) each.stop(reason)
  }
  for (const channel of channels.values()) channel.wake()
  return {
    wake: (names) => {
      for (const name of new Set(names)) channels.get(name)?.wake()
    },
    reserveSlots: (events) => [...channels.values()].flatMap((channel) => channel.offer(events) ?? []),
    recorded: (fresh, offers) => {
      const others = new Map<string, number>()
      for (const { event, tokens, seen } of fresh) {
        // Whoever is handed a body may change it: it goes to one sink, and the others have it decoded for them.
        let own: DecodedEvent | undefined = seen
        for (const sink of event.sinks) {
          const token = Object.hasOwn(tokens, sink) ? tokens[sink] : undefined
          if (token === undefined) others.set(sink, (others.get(sink) ?? 0) + 1)
          else {
            channels.get(sink)?.take({ token, event, attempt: 1, replay: false }, own)
            own = undefined
          }
        }
      }
      for (const [sink, deliveries] of others) channels.get(sink)?.fallBehind(deliveries)
      for (const { sink, max } of offers) channels.get(sink)?.withdraw(max)
    },
    states: () => [...channels.values()].map((channel) => channel.state()),
    resume: (name) => {
      channels.get(name)?.resume()
      return channels.has(name)
    },
    testDelivery: async (name, event) => {
      const sink = sinks.find((each) => each.name === name)
      if (!sink) return undefined
      const trial = attemptsAt(sink)({ token: '', event, attempt: 1, replay: false })
      testAttempts.add(trial)
      const { outcome } = await trial.ended
      testAttempts.delete(trial)
      return outcome
    },
    idle: async () => {
      await Promise.all([...channels.values()].map((channel) => channel.idle()))
    },
    stop: async (grace) => {
      const cancel = clock.after(grace, stopAll)
      await Promise.all([...channels.values()].map((channel) => channel.drain()))
      cancel()
      await Promise.allSettled(sinks.map(async ({ open }) => open.close?.()))
    },
  }
}
