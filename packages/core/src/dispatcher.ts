import { type Either, left } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Admin, createAdmin } from './admin.ts'
import { createDeliverer } from './delivery/deliverer.ts'
import { openSinks } from './delivery/open-sinks.ts'
import type { Fault } from './fault.ts'
import type { Journal } from './journal/journal.ts'
import { memory } from './journal/memory/memory.ts'
import { startRetention } from './journal/retention.ts'
import type { Options } from './options.ts'
import { journalProblems } from './options-shape.ts'
import { parseOptions } from './parse-options.ts'
import { createAppendQueue } from './pipeline/append-queue.ts'
import { createByteBudget } from './pipeline/byte-budget.ts'
import type { IncomingRequest, Recorded, Rejection } from './pipeline/context.ts'
import { decide } from './pipeline/decide.ts'
import { beforeAnswerOf } from './pipeline/decision-policy.ts'
import { decode } from './pipeline/decode.ts'
import { andThen } from './pipeline/pipeline.ts'
import { read } from './pipeline/read.ts'
import { record } from './pipeline/record.ts'
import { requestEvent } from './pipeline/request-event.ts'
import { type Answer, answerFault, respond } from './pipeline/respond.ts'
import { shedLoad } from './pipeline/shed-load.ts'
import { verify } from './pipeline/verify.ts'
import { createSkewDetector } from './telemetry/clock-skew.ts'
import { createEmitter, type On } from './telemetry/event-emitter.ts'
import { createEventLog } from './telemetry/event-log.ts'
import type { TelemetryEvent } from './telemetry/events.ts'
import { createTolerantClock, systemClock } from './util/clock.ts'
import { ConfigError } from './util/config-error.ts'
import { createTolerantLog, silentLog } from './util/log.ts'
import { noWatchdog } from './util/watchdog-hook.ts'

const DEFAULT_STOP_GRACE_MS = 7_000

/** Callboard without a web framework: takes requests and returns answers. */
export interface Dispatcher extends Admin {
  /** Handles one request and resolves with its answer. It never rejects. */
  readonly handle: (request: IncomingRequest) => Promise<Answer>
  /** Answers a fault that the adapter found before it could make a request. */
  readonly refuse: (fault: Fault) => Answer
  /** Returns why no callback can be accepted now, one sentence each. Empty: callbacks are accepted. */
  readonly unavailableReasons: () => readonly string[]
  /**
   * Returns by how many seconds this machine's clock is ahead of genuine requests, or behind if negative. Undefined while requests come
   * in time, or too few are out of time.
   */
  readonly clockSkew: () => number | undefined
  /** The journal, to read. */
  readonly journal: Pick<Journal, 'description' | 'durability' | 'find' | 'stats' | 'blocked'>
  /** Replaces the apps and tokens. Later requests are verified with them. Throws a ConfigError, and changes nothing, when they are wrong. */
  readonly setApps: (apps: Options['apps']) => void
  /** Adds a listener: `on('dead', ({ sink, id, error }) => …)`. Returns the function that removes it. */
  readonly on: On
  /** Resolves when all events that arrived are stored, and all deliveries that are due have been tried. */
  readonly idle: () => Promise<void>
  /** Stops within about `graceMs` (default 7 000): stores what waits, ends the deliveries in flight, closes sinks and journal. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Parses the options. If they are wrong, it closes the journal, because nobody else can, and rejects. */
const parseOrClose = async (options: Options): Promise<ReturnType<typeof parseOptions>> => {
  try {
    return parseOptions(options)
  } catch (error) {
    // In JavaScript the options and the journal may be anything.
    await Promise.resolve(options?.journal)
      .then((journal) => journal?.close())
      .catch(() => {})
    throw error
  }
}

/** Parses the options, opens the sinks and starts to deliver. Rejects with a ConfigError that lists all problems. */
export const createDispatcher = async (options: Options): Promise<Dispatcher> => {
  const { settings, warnings } = await parseOrClose(options)
  const { watchdog = noWatchdog } = options
  const clock = createTolerantClock(options.clock ?? systemClock)
  const log = createTolerantLog(options.log ?? silentLog)
  const journal = (await options.journal) ?? memory({ clock })
  const wrongJournal = journalProblems(journal)
  if (wrongJournal.length > 0) throw new ConfigError(wrongJournal)
  for (const { path, message } of warnings) log.warn({ path: path.join('.') }, message)
  const sinks = await openSinks(settings.sinks, options.log ?? silentLog, clock).catch(async (error: unknown) => {
    await journal.close()
    throw error
  })
  const { plugins, policies, routes, limits } = settings

  const emitter = createEmitter(log, clock, options.listener)
  const skewDetector = createSkewDetector()
  const writeLog = createEventLog(log, clock, skewDetector)
  const emit = (event: TelemetryEvent) => {
    writeLog(event)
    emitter.emit(event)
  }

  const deliverer = createDeliverer({ journal, sinks, plugins, limits, clock, emit, log, watchdog })
  const queue = createAppendQueue({
    journal,
    clock,
    emit,
    maxBytes: limits.queue,
    handOff: {
      reserveSlots: deliverer.reserveSlots,
      // The answers of the batch leave first: a sink that blocks must not delay them.
      accept: (events, reserved) => setImmediate(() => deliverer.accept(events, reserved)),
    },
  })

  const beforeAnswer = beforeAnswerOf(policies)
  const answerOf = respond(beforeAnswer)
  let verifyRequest = verify(settings.apps, clock)
  const runPipeline = pipe(
    (request: IncomingRequest) => verifyRequest(request),
    andThen(read(limits.body, createByteBudget(limits.queue))),
    andThen(decode({ plugins, limits, clock, watchdog })),
    andThen(shedLoad(queue)),
    andThen(decide({ policies, beforeAnswer, clock, emit, watchdog })),
    andThen(record({ queue, routes, policies, clock, emit })),
  )
  const outcomeOf = async (request: IncomingRequest): Promise<Either<Rejection, Recorded>> => {
    try {
      return await runPipeline(request)
    } catch (error) {
      return left({ fault: { _tag: 'Defect', error }, context: request })
    }
  }

  const stopRetention = startRetention(journal, settings.retention, clock)
  let stopping: Promise<void> | undefined
  return {
    ...createAdmin({ settings, journal, deliverer, clock, plugins, limits, watchdog }),
    handle: async (request) => {
      const outcome = await outcomeOf(request)
      const answer = answerOf(outcome)
      emit(requestEvent(outcome, answer.status, clock.elapsed() - request.headAt))
      return answer
    },
    refuse: (fault) => {
      const answer = answerFault(fault)
      emit({ type: 'answered', status: answer.status, ms: 0, fault })
      return answer
    },
    unavailableReasons: () => {
      const error = queue.journalError()
      return [...(stopping ? ['stopping'] : []), ...(error ? [`the journal does not accept events (${error})`] : [])]
    },
    clockSkew: () => skewDetector.skewAt(clock.elapsed()),
    journal,
    setApps: (apps) => {
      verifyRequest = verify(parseOptions({ ...options, apps }).settings.apps, clock)
    },
    on: emitter.on,
    idle: async () => {
      await queue.idle()
      await new Promise((resolve) => setImmediate(resolve))
      await deliverer.idle()
    },
    stop: (graceMs = DEFAULT_STOP_GRACE_MS) => {
      stopping ??= (async () => {
        stopRetention()
        await queue.close(graceMs / 2)
        await deliverer.stop(graceMs / 2)
        await journal.close()
      })()
      return stopping
    },
  }
}
