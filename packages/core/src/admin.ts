import { v7 } from 'uuid'
import type { Deliverer } from './delivery/deliverer.ts'
import { routeOf } from './delivery/routing.ts'
import type { SinkState } from './delivery/sink-health.ts'
import type {
  ChangeRequest,
  ChangeResult,
  EventFilter,
  EventRecord,
  Journal,
  Outcome,
  ReprocessedEvent,
  StoredEvent,
} from './journal/journal.ts'
import { parse } from './json/parse.ts'
import type { ScanLimits } from './json/scan.ts'
import type { Options } from './options.ts'
import type { Plugin } from './plugin/plugin.ts'
import type { Clock } from './util/clock.ts'
import { createTimeSlicer } from './util/time-slice.ts'

/** Which quarantined events to look at again. */
export interface ReprocessRequest extends Pick<EventFilter, 'ids' | 'command' | 'app' | 'since' | 'until'> {
  /** At most so many events, oldest first. */
  readonly limit: number
  /** Count only. */
  readonly dryRun?: boolean
  /** `next` of the one before. */
  readonly cursor?: string
}
/** What became of them. */
export interface ReprocessResult {
  /** Events that today's plugins understand: accepted, with their keys and deliveries. */
  readonly changed: number
  /** Events that they still do not understand: quarantined as before. */
  readonly refused: number
  readonly more: boolean
  /** Opaque; present when there is more. */
  readonly next?: string
}

/** How one attempt with a sample ended. */
export interface TestResult {
  readonly command: string
  /** `delivered`, or why not in `error`. */
  readonly outcome: Outcome['type']
  readonly error?: string
  readonly ms: number
}

/** What an operator may do while Callboard runs. Rejections are JournalErrors. */
export interface Admin {
  /** How each sink is doing, in the order of the options. */
  readonly sinks: () => readonly SinkState[]
  /** Makes deliveries pending again, at the ends of their lanes, and starts them. */
  readonly replay: (change: ChangeRequest) => Promise<ChangeResult>
  /** Ends pending or dead deliveries for good. */
  readonly discard: (change: ChangeRequest) => Promise<ChangeResult>
  /** Decodes quarantined events with today's plugins; what they understand is accepted and delivered. */
  readonly reprocess: (asked: ReprocessRequest) => Promise<ReprocessResult>
  /** Ends the pause of a sink, or the rest of one whose breaker is open. False: there is no such sink. */
  readonly resume: (sink: string) => boolean
  /**
   * Makes one attempt with a plugin's sample, by default of the first command that is routed to the sink; nothing is stored.
   * Undefined: there is no such sink, or no such command.
   */
  readonly testSink: (sink: string, command?: string) => Promise<TestResult | undefined>
}

interface AdminDeps extends Pick<Options, 'apps' | 'plugins' | 'routes'> {
  readonly journal: Journal
  readonly deliverer: Deliverer
  readonly limits: ScanLimits
  readonly clock: Clock
}

export const createAdmin = ({ apps, plugins, routes, journal, deliverer, limits, clock }: AdminDeps): Admin => {
  const byCommand = new Map(plugins.map((plugin) => [plugin.command, plugin]))
  const portions = createTimeSlicer(clock)

  const readmission = ({ id, command, raw }: EventRecord): ReprocessedEvent | undefined => {
    const json = raw && parse(raw, limits)
    const seen = json?._tag === 'Right' ? byCommand.get(command)?.decode(json.right) : undefined
    if (seen === undefined || 'reasons' in seen) return undefined
    return {
      id,
      ...(seen.key !== undefined && { key: seen.key }),
      ...(seen.eventTime !== undefined && { eventTime: seen.eventTime }),
      sinks: routeOf(routes, command),
    }
  }

  const sampleEvent = ({ command, sample, decode }: Plugin): StoredEvent => {
    const seen = decode(sample)
    return {
      id: v7(),
      app: apps[0]?.sdkAppId ?? 0,
      command,
      ...('key' in seen && seen.key !== undefined && { key: seen.key }),
      status: 'accepted',
      receivedAt: clock.now(),
      ...('eventTime' in seen && seen.eventTime !== undefined && { eventTime: seen.eventTime }),
      query: {},
      raw: new TextEncoder().encode(JSON.stringify(sample)),
    }
  }

  return {
    sinks: deliverer.states,
    replay: async (change) => {
      const changed = await journal.replay(change)
      deliverer.wake([change.sink])
      return changed
    },
    discard: async (change) => {
      const changed = await journal.discard(change)
      // What waited behind a discarded one may start.
      deliverer.wake([change.sink])
      return changed
    },
    reprocess: async ({ dryRun = false, ...asked }) => {
      const { events, next } = await journal.find({ ...asked, status: 'quarantined', order: 'oldest', raw: true })
      const seen = await Promise.all(events.map((event) => portions.run(() => readmission(event))))
      const understood = seen.flatMap((each) => each ?? [])
      if (!dryRun && understood.length > 0) {
        await journal.reprocess(understood)
        deliverer.wake(understood.flatMap(({ sinks }) => sinks))
      }
      const changed = understood.length
      return { changed, refused: events.length - changed, more: next !== undefined, ...(next !== undefined && { next }) }
    },
    resume: deliverer.resume,
    testSink: async (sink, command) => {
      const routed = plugins.find((plugin) => routeOf(routes, plugin.command).includes(sink)) ?? plugins[0]
      const plugin = command === undefined ? routed : byCommand.get(command)
      if (!plugin) return undefined
      const from = clock.elapsed()
      const outcome = await deliverer.testDelivery(sink, sampleEvent(plugin))
      if (!outcome) return undefined
      const ms = Math.round(clock.elapsed() - from)
      return { command: plugin.command, outcome: outcome.type, ...('error' in outcome && { error: outcome.error }), ms }
    },
  }
}
