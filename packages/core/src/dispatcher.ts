import { left } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Operations, operations } from './admin.ts'
import type { OpenedSink } from './delivery/attempt.ts'
import { deliver } from './delivery/deliverer.ts'
import { openSinks } from './delivery/open-sinks.ts'
import type { Fault } from './fault.ts'
import type { Journal } from './journal/journal.ts'
import { memory } from './journal/memory/memory.ts'
import { retain } from './journal/retention.ts'
import { ConfigError, type Options, problemsOf } from './options.ts'
import { createWriter } from './pipeline/append-queue.ts'
import { createRoom } from './pipeline/byte-budget.ts'
import type { Failed, Incoming } from './pipeline/context.ts'
import { decide } from './pipeline/decide.ts'
import { fallbackAnswer, rulingsOf } from './pipeline/decision-policy.ts'
import { decode } from './pipeline/decode.ts'
import { next } from './pipeline/pipeline.ts'
import { read } from './pipeline/read.ts'
import { record } from './pipeline/record.ts'
import { answered } from './pipeline/request-event.ts'
import { type Answer, answerFault, respond } from './pipeline/respond.ts'
import { shed } from './pipeline/shed-load.ts'
import { verify } from './pipeline/verify.ts'
import { createTelling, type On } from './telemetry/event-emitter.ts'
import { chronicle } from './telemetry/event-log.ts'
import type { Signal } from './telemetry/events.ts'
import { systemClock } from './util/clock.ts'
import { silent } from './util/log.ts'
import { unwatched } from './util/watchdog-hook.ts'

/** The bounds on one request, where the options say nothing. */
export const DEFAULT_LIMITS = { body: 2 ** 20, depth: 64, values: 100_000, queue: 64 * 2 ** 20 }
const DEFAULT_GRACE = 7_000

/** Callboard without a web framework: requests in, answers out. */
export interface Dispatcher extends Operations {
  /** Takes one request the whole way. Never rejects. */
  readonly handle: (incoming: Incoming) => Promise<Answer>
  /** The answer to a fault that the adapter found before there was a request to handle. */
  readonly refuse: (fault: Fault) => Answer
  /** Why no callback can be taken right now, in plain words; empty when it can. */
  readonly troubles: () => readonly string[]
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
  const log = options.log ?? silent
  const journal = (await options.journal) ?? memory({ clock })
  const start = async (): Promise<readonly OpenedSink[]> => {
    const problems = problemsOf(options)
    const errors = problems.filter(({ level }) => level === 'error')
    if (errors.length > 0) throw new ConfigError(errors)
    for (const { at, says } of problems) log.warn({ at: at.join('.') }, says)
    return openSinks(options.sinks, log, clock)
  }
  const sinks = await start().catch(async (error: unknown) => {
    await journal.close()
    throw error
  })

  const write = chronicle(log, clock)
  const telling = createTelling(log, clock, options.listener)
  const tell = (signal: Signal) => {
    write(signal)
    telling.tell(signal)
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const rulings = rulingsOf(options)
  const watch = options.watch ?? unwatched
  const deliverer = deliver({ journal, sinks, plugins: options.plugins, limits, clock, tell, watch })
  const writer = createWriter({
    journal,
    clock,
    tell,
    room: limits.queue,
    // The answers of the batch leave first: a sink that blocks must not delay them.
    offer: deliverer.offer,
    recorded: (events, offers) => setImmediate(() => deliverer.recorded(events, offers)),
  })

  let trust = verify(options.apps, clock)
  const steps = {
    read: read(limits.body, createRoom(limits.queue), rulings),
    decode: decode(options.plugins, limits, clock, watch),
    shed: shed(writer, rulings),
    decide: decide(rulings, clock, tell, watch),
    record: record(writer, options.routes, rulings, clock, tell),
  }
  const accept = pipe(
    (incoming: Incoming) => trust(incoming),
    next(steps.read),
    next(steps.decode),
    next(steps.shed),
    next(steps.decide),
    next(steps.record),
  )

  /** An exception that no step expected. All that is left to know of a before-callback is its command. */
  const defect = (incoming: Incoming, error: unknown) => {
    const ruling = rulings.get(new URLSearchParams(incoming.query).get('CallbackCommand') ?? '')
    return left<Failed>({ fault: { _tag: 'Defect', error }, ...(ruling && { instead: fallbackAnswer(ruling.fallback) }) })
  }

  const attemptTo = async (incoming: Incoming) => {
    try {
      return await accept(incoming)
    } catch (error) {
      return defect(incoming, error)
    }
  }

  const endRetention = retain(journal, options.retention ?? {}, clock)
  let stopping: Promise<void> | undefined
  return {
    ...operations({ ...options, journal, deliverer, limits, clock }),
    handle: async (incoming) => {
      const outcome = await attemptTo(incoming)
      const answer = respond(outcome)
      tell(answered(outcome, answer.status, clock.elapsed() - incoming.headAt))
      return answer
    },
    refuse: (fault) => {
      const answer = answerFault(fault)
      tell({ type: 'answered', status: answer.status, ms: 0, fault })
      return answer
    },
    troubles: () => {
      const trouble = writer.trouble()
      return [...(stopping ? ['stopping'] : []), ...(trouble ? [`the journal does not take events (${trouble})`] : [])]
    },
    journal,
    setApps: (apps) => {
      const errors = problemsOf({ ...options, apps }).filter(({ level }) => level === 'error')
      if (errors.length > 0) throw new ConfigError(errors)
      trust = verify(apps, clock)
    },
    on: telling.on,
    idle: async () => {
      await writer.idle()
      await new Promise((resolve) => setImmediate(resolve))
      await deliverer.idle()
    },
    stop: (grace = DEFAULT_GRACE) => {
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
