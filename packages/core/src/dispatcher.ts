import { left } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Admin, createAdmin } from './admin.ts'
import type { RunningSink } from './delivery/attempt.ts'
import { createDeliverer } from './delivery/deliverer.ts'
import { openSinks } from './delivery/open-sinks.ts'
import type { Fault } from './fault.ts'
import type { Journal } from './journal/journal.ts'
import { memory } from './journal/memory/memory.ts'
import { startRetention } from './journal/retention.ts'
import { ConfigError, type Options, validateOptions } from './options.ts'
import { createAppendQueue } from './pipeline/append-queue.ts'
import { createByteBudget } from './pipeline/byte-budget.ts'
import type { IncomingRequest, Rejection } from './pipeline/context.ts'
import { decide } from './pipeline/decide.ts'
import { decisionPolicies, fallbackAnswer } from './pipeline/decision-policy.ts'
import { decode } from './pipeline/decode.ts'
import { andThen } from './pipeline/pipeline.ts'
import { read } from './pipeline/read.ts'
import { record } from './pipeline/record.ts'
import { requestEvent } from './pipeline/request-event.ts'
import { type Answer, answerFault, respond } from './pipeline/respond.ts'
import { shedLoad } from './pipeline/shed-load.ts'
import { verify } from './pipeline/verify.ts'
import { createEmitter, type On } from './telemetry/event-emitter.ts'
import { createEventLog } from './telemetry/event-log.ts'
import type { TelemetryEvent } from './telemetry/events.ts'
import { systemClock } from './util/clock.ts'
import { silentLog } from './util/log.ts'
import { noWatchdog } from './util/watchdog-hook.ts'

/** The bounds on one request, where the options say nothing. */
export const DEFAULT_LIMITS = { body: 2 ** 20, depth: 64, values: 100_000, queue: 64 * 2 ** 20 }
const DEFAULT_STOP_GRACE_MS = 7_000

/** Callboard without a web framework: requests in, answers out. */
export interface Dispatcher extends Admin {
  /** Takes one request the whole way. Never rejects. */
  readonly handle: (incoming: IncomingRequest) => Promise<Answer>
  /** The answer to a fault that the adapter found before there was a request to handle. */
  readonly refuse: (fault: Fault) => Answer
  /** Why no callback can be taken right now, in plain words; empty when it can. */
  readonly unavailableReasons: () => readonly string[]
  /** The journal, for looking things up. */
  readonly journal: Pick<Journal, 'description' | 'durability' | 'find' | 'stats' | 'blocked'>
  /** From now on these apps and tokens hold, for requests whose head comes later. Throws a ConfigError, and changes nothing, where they are wrong. */
  readonly setApps: (apps: Options['apps']) => void
  /** Listens: `on('dead', ({ sink, id, error }) => …)`; the function that it gives takes the listener off. */
  readonly on: On
  /** Resolves when everything that has arrived is stored, and everything that is due has been tried. */
  readonly idle: () => Promise<void>
  /** Stops within about `grace` milliseconds (default 7 s): stores what waits, ends deliveries in flight, closes sinks and journal. */
  readonly stop: (grace?: number) => Promise<void>
}

/** Checks the options, opens the sinks and starts delivering what the journal holds. Throws a ConfigError that lists everything wrong. */
export const createDispatcher = async (options: Options): Promise<Dispatcher> => {
  const clock = options.clock ?? systemClock
  const log = options.log ?? silentLog
  const journal = (await options.journal) ?? memory({ clock })
  const start = async (): Promise<readonly RunningSink[]> => {
    const problems = validateOptions(options)
    const errors = problems.filter(({ level }) => level === 'error')
    if (errors.length > 0) throw new ConfigError(errors)
    for (const { path, message } of problems) log.warn({ at: path.join('.') }, message)
    return openSinks(options.sinks, log, clock)
  }
  const sinks = await start().catch(async (error: unknown) => {
    await journal.close()
    throw error
  })

  const write = createEventLog(log, clock)
  const telling = createEmitter(log, clock, options.listener)
  const tell = (signal: TelemetryEvent) => {
    write(signal)
    telling.emit(signal)
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const rulings = decisionPolicies(options)
  const watch = options.watchdog ?? noWatchdog
  const deliverer = createDeliverer({ journal, sinks, plugins: options.plugins, limits, clock, tell, watch })
  const writer = createAppendQueue({
    journal,
    clock,
    tell,
    room: limits.queue,
    // The answers of the batch leave first: a sink that blocks must not delay them.
    offer: deliverer.reserveSlots,
    recorded: (events, offers) => setImmediate(() => deliverer.recorded(events, offers)),
  })

  let verifyRequest = verify(options.apps, clock)
  const steps = {
    read: read(limits.body, createByteBudget(limits.queue), rulings),
    decode: decode(options.plugins, limits, clock, watch),
    shed: shedLoad(writer, rulings),
    decide: decide(rulings, clock, tell, watch),
    record: record(writer, options.routes, rulings, clock, tell),
  }
  const accept = pipe(
    (incoming: IncomingRequest) => verifyRequest(incoming),
    andThen(steps.read),
    andThen(steps.decode),
    andThen(steps.shed),
    andThen(steps.decide),
    andThen(steps.record),
  )

  /** An exception that no step expected. All that is left to know of a before-callback is its command. */
  const defect = (incoming: IncomingRequest, error: unknown) => {
    const ruling = rulings.get(new URLSearchParams(incoming.query).get('CallbackCommand') ?? '')
    return left<Rejection>({ fault: { _tag: 'Defect', error }, ...(ruling && { instead: fallbackAnswer(ruling.fallback) }) })
  }

  const attemptTo = async (incoming: IncomingRequest) => {
    try {
      return await accept(incoming)
    } catch (error) {
      return defect(incoming, error)
    }
  }

  const endRetention = startRetention(journal, options.retention ?? {}, clock)
  let stopping: Promise<void> | undefined
  return {
    ...createAdmin({ ...options, journal, deliverer, limits, clock }),
    handle: async (incoming) => {
      const outcome = await attemptTo(incoming)
      const answer = respond(outcome)
      tell(requestEvent(outcome, answer.status, clock.elapsed() - incoming.headAt))
      return answer
    },
    refuse: (fault) => {
      const answer = answerFault(fault)
      tell({ type: 'answered', status: answer.status, ms: 0, fault })
      return answer
    },
    unavailableReasons: () => {
      const trouble = writer.trouble()
      return [...(stopping ? ['stopping'] : []), ...(trouble ? [`the journal does not take events (${trouble})`] : [])]
    },
    journal,
    setApps: (apps) => {
      const errors = validateOptions({ ...options, apps }).filter(({ level }) => level === 'error')
      if (errors.length > 0) throw new ConfigError(errors)
      verifyRequest = verify(apps, clock)
    },
    on: telling.on,
    idle: async () => {
      await writer.idle()
      await new Promise((resolve) => setImmediate(resolve))
      await deliverer.idle()
    },
    stop: (grace = DEFAULT_STOP_GRACE_MS) => {
      stopping ??= (async () => {
        endRetention()
        await writer.close(grace / 2)
        await deliverer.stop(grace / 2)
        await journal.close()
      })()
      return stopping
    },
  }
}
