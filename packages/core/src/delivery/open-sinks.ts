import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { RetrySchedule } from '../codec/retry-schedule.ts'
import { ConfigError, type Problem } from '../options.ts'
import type { Sink, SinkFunction, SinkWriter } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
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

const openSink = async ({ sink, ...settings }: SinkSettings, log: Log, clock: Clock): Promise<RunningSink> => {
  const { name, concurrency } = settings
  if (typeof sink !== 'function') {
    return { ...settings, kind: sink.kind, writer: await sink.open({ name, log, now: clock.now, concurrency }) }
  }
  const write: SinkWriter['write'] = async ({ event }, signal) => {
    await sink(event, signal)
  }
  return { ...settings, kind: '', writer: { write } }
}

const problemOf = (name: string, error: unknown): Problem => ({
  path: ['sinks', name],
  message: `cannot be opened: ${error instanceof Error ? error.message : error}`,
  level: 'error',
})

/** Opens all sinks. When one fails, it closes the others and throws a ConfigError that names every sink that failed. */
export const openSinks = async (sinks: readonly SinkSettings[], log: Log, clock: Clock): Promise<readonly RunningSink[]> => {
  const open = (settings: SinkSettings): Promise<Either<Problem, RunningSink>> =>
    openSink(settings, log, clock).then(
      (sink) => right(sink),
      (error: unknown) => left(problemOf(settings.name, error)),
    )
  const results = await Promise.all(sinks.map(open))
  const opened = results.flatMap((result) => (isLeft(result) ? [] : result.right))
  const problems = results.flatMap((result) => (isLeft(result) ? result.left : []))
  if (problems.length === 0) return opened
  await Promise.allSettled(opened.map(async ({ writer }) => writer.close?.()))
  throw new ConfigError(problems)
}
