import { DEFAULT_RETRY_SCHEDULE, parseRetrySchedule } from '../codec/retry-schedule.ts'
import { duration } from '../codec/units.ts'
import { ConfigError, type Options, type Problem } from '../options.ts'
import type { DeliveryOptions, Sink, SinkFunction, SinkWriter } from '../sink.ts'
import type { Clock } from '../util/clock.ts'
import type { Log } from '../util/log.ts'
import type { RunningSink } from './attempt.ts'

/** Deliveries in flight at a time, where neither the sink nor its kind says otherwise. */
export const DEFAULT_CONCURRENCY = 16
/** How long one attempt may take by default, in milliseconds. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 15_000

const milliseconds = (given: number | string | undefined): number => {
  const decoded = duration.decode(given ?? DEFAULT_ATTEMPT_TIMEOUT_MS)
  return decoded._tag === 'Right' ? decoded.right : DEFAULT_ATTEMPT_TIMEOUT_MS
}

/** What the configuration says about delivering, with the defaults filled in. */
const delivering = ({ order = true, concurrency = DEFAULT_CONCURRENCY, timeout, retry = DEFAULT_RETRY_SCHEDULE }: DeliveryOptions) => ({
  ordered: order,
  concurrency,
  timeoutMs: milliseconds(timeout),
  schedule: parseRetrySchedule(retry) ?? [],
})

/** Opens the sink behind a name. A plain function is a sink without a kind. */
const openSink = async (name: string, sink: Sink | SinkFunction, log: Log, clock: Clock): Promise<RunningSink> => {
  if (typeof sink === 'function') {
    const open: SinkWriter = {
      write: async ({ event }, signal) => {
        await sink(event, signal)
      },
    }
    return { name, kind: '', open, ...delivering({}) }
  }
  const settings = delivering(sink.deliveryOptions)
  const { concurrency } = settings
  return { name, kind: sink.kind, open: await sink.open({ name, log, now: clock.now, concurrency }), ...settings }
}

const problemOf = (name: string, reason: unknown): Problem => ({
  path: ['sinks', name],
  message: `cannot be opened: ${reason instanceof Error ? reason.message : reason}`,
  level: 'error',
})

/** Opens every sink; if one cannot be opened, closes those that were and throws a ConfigError that names all that could not. */
export const openSinks = async (sinks: Options['sinks'], log: Log, clock: Clock): Promise<readonly RunningSink[]> => {
  const open = (name: string, sink: Sink | SinkFunction): Promise<RunningSink | Problem> =>
    openSink(name, sink, log, clock).catch((error: unknown) => problemOf(name, error))
  const tried = await Promise.all(Object.entries(sinks).map(([name, sink]) => open(name, sink)))
  const opened = tried.filter((each) => 'open' in each)
  const problems = tried.filter((each) => 'message' in each)
  if (problems.length === 0) return opened
  await Promise.allSettled(opened.map(async (each) => each.open.close?.()))
  throw new ConfigError(problems)
}
