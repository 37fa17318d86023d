import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { RetrySchedule } from '../codec/retry-schedule.ts'
import { isObject } from '../json/json.ts'
import type { Delivery, Sink, SinkFunction, SinkWriter } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
import { ConfigError, type Problem } from '../util/config-error.ts'
import { describeError, describeValue } from '../util/foreign-value.ts'
import type { Log } from '../util/log.ts'

/** How events are delivered to one sink. */
export interface DeliverySettings {
  /** Whether events of one key are delivered one at a time, in commit order. */
  readonly ordered: boolean
  /** How many deliveries may be in flight. */
  readonly concurrency: number
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMs: number
  readonly schedule: RetrySchedule
}

/** A configured sink with its settings. */
export interface SinkSettings extends DeliverySettings {
  readonly name: string
  readonly sink: Sink | SinkFunction
}

/** An open sink. */
export interface RunningSink extends DeliverySettings {
  readonly name: string
  /** Empty for a function. */
  readonly kind: string
  readonly writer: SinkWriter
}

/** A kind promises to open within 2 s. A loaded machine gets more time. */
const OPEN_DEADLINE_MS = 10_000
const CLOSE_DEADLINE_MS = 2_000

/** Settles as `work` does. Rejects when that takes longer than `ms`. */
const endWithin = <T>(clock: Clock, ms: number, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`still running after ${ms / 1_000} s`)))
    work().then(resolve, reject).finally(cancel)
  })

const openSink = async ({ sink, ...settings }: SinkSettings, log: Log, clock: Clock): Promise<RunningSink> => {
  const { name, concurrency } = settings
  if (typeof sink !== 'function') {
    const opening = async () => sink.open({ name, log, now: clock.now, concurrency })
    const writer = await endWithin(clock, OPEN_DEADLINE_MS, opening)
    if (!isObject(writer) || typeof writer.write !== 'function')
      throw new TypeError(`open returned ${describeValue(writer)}; expected an object with a function \`write\``)
    return { ...settings, kind: sink.kind, writer }
  }
  // A `giveUp` that the function returns instead of throwing it counts, too.
  const write = async ({ event }: Delivery, signal: AbortSignal): Promise<void> => {
    const result: unknown = await sink(event, signal)
    if (result instanceof Error) throw result
  }
  return { ...settings, kind: '', writer: { write } }
}

const problemOf = ({ name, sink }: SinkSettings, error: unknown): Problem => ({
  path: ['sinks', name],
  message: `cannot be opened: ${describeError(error)}; its kind is ${sink.kind}`,
  level: 'error',
})

/** Closes a sink. It never rejects: a sink that fails or hangs is logged. */
export const closeSink = async ({ name, kind, writer }: RunningSink, log: Log, clock: Clock): Promise<void> => {
  try {
    await endWithin(clock, CLOSE_DEADLINE_MS, async () => writer.close?.())
  } catch (error) {
    log.warn({ sink: name, kind, error: describeError(error) }, 'sink failed to close')
  }
}

/** Opens all sinks. When one fails, it closes the others and throws a ConfigError that names every sink that failed. */
export const openSinks = async (sinks: readonly SinkSettings[], log: Log, clock: Clock): Promise<readonly RunningSink[]> => {
  const open = (settings: SinkSettings): Promise<Either<Problem, RunningSink>> =>
    openSink(settings, log, clock).then(
      (sink) => right(sink),
      (error: unknown) => left(problemOf(settings, error)),
    )
  const results = await Promise.all(sinks.map(open))
  const opened = results.flatMap((result) => (isLeft(result) ? [] : result.right))
  const problems = results.flatMap((result) => (isLeft(result) ? result.left : []))
  if (problems.length === 0) return opened
  await Promise.all(opened.map((sink) => closeSink(sink, log, clock)))
  throw new ConfigError(problems)
}
