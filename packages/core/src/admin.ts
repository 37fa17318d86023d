import { isLeft } from 'fp-ts/lib/Either.js'
import { v7 } from 'uuid'
import { type DecodeStoredDeps, decodeStored } from './delivery/decode-stored.ts'
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
import type { Settings } from './parse-options.ts'
import type { Plugin } from './plugin/plugin.ts'
import type { Clock } from './util/clock.ts'
import { createTimeSlicer } from './util/time-slice.ts'

/** Selects quarantined events to reprocess. */
export interface ReprocessRequest extends Pick<EventFilter, 'ids' | 'command' | 'app' | 'since' | 'until'> {
  /** Maximum number of events, oldest first. */
  readonly limit: number
  /** Only count. */
  readonly dryRun?: boolean
  /** `next` of the previous result. */
  readonly cursor?: string
}
/** The result of reprocessing, in events. */
export interface ReprocessResult {
  /** Events that today's plugins accept. They now have a key and deliveries. */
  readonly changed: number
  /** Events that today's plugins refuse. They stay quarantined. */
  readonly refused: number
  readonly more: boolean
  /** An opaque cursor; present when there is more. */
  readonly next?: string
}

/** The result of one attempt with a sample. */
export interface TestResult {
  readonly command: string
  readonly outcome: Outcome['type']
  /** Present unless the sample was delivered. */
  readonly error?: string
  /** How long the attempt took, in milliseconds. */
  readonly ms: number
}

/** The operations of an operator. Rejections are JournalErrors. */
export interface Admin {
  /** Returns the state of each sink, in the order of the options. */
  readonly sinks: () => readonly SinkState[]
  /** Makes deliveries pending again, at the end of their lanes, and starts them. */
  readonly replay: (change: ChangeRequest) => Promise<ChangeResult>
  /** Ends pending or dead deliveries for good. */
  readonly discard: (change: ChangeRequest) => Promise<ChangeResult>
  /** Decodes quarantined events with today's plugins. Events that they accept are delivered. */
  readonly reprocess: (request: ReprocessRequest) => Promise<ReprocessResult>
  /** Ends the pause or the cooldown of a sink. Resolves with false when there is no such sink. */
  readonly resume: (sink: string) => Promise<boolean>
  /**
   * Makes one attempt with the sample of a plugin. The default is the first command that is routed to the sink. Nothing is stored.
   * Resolves with undefined when there is no such sink or command.
   */
  readonly testSink: (sink: string, command?: string) => Promise<TestResult | undefined>
}

interface AdminDeps extends DecodeStoredDeps {
  readonly settings: Pick<Settings, 'apps' | 'routes'>
  readonly journal: Journal
  readonly deliverer: Deliverer
  readonly clock: Clock
}

export const createAdmin = ({ settings, journal, deliverer, clock, ...decodeDeps }: AdminDeps): Admin => {
  const { apps, routes } = settings
  const { plugins } = decodeDeps
  const slicer = createTimeSlicer(clock)

  const reprocessOne = ({ raw, ...event }: EventRecord): ReprocessedEvent | undefined => {
    const decoded = raw && decodeStored({ ...event, raw }, decodeDeps)
    if (decoded === undefined || isLeft(decoded) || decoded.right.decodedBody === undefined) return undefined
    const { key, eventTime } = decoded.right.decodedBody
    const { id, command } = event
    return {
      id,
      ...(key !== undefined && { key }),
      ...(eventTime !== undefined && { eventTime }),
      sinks: routeOf(routes, command),
    }
  }

  const sampleEvent = ({ command, sample, decode }: Plugin): StoredEvent => {
    const decoded = decode(sample)
    return {
      id: v7(),
      app: apps[0]?.sdkAppId ?? 0,
      command,
      ...('key' in decoded && decoded.key !== undefined && { key: decoded.key }),
      status: 'accepted',
      receivedAt: clock.now(),
      ...('eventTime' in decoded && decoded.eventTime !== undefined && { eventTime: decoded.eventTime }),
      query: {},
      raw: new TextEncoder().encode(JSON.stringify(sample)),
    }
  }

  const firstRoutedTo = (sink: string): Plugin | undefined => {
    const all = [...plugins.values()]
    return all.find(({ command }) => routeOf(routes, command).includes(sink)) ?? all[0]
  }

  return {
    sinks: deliverer.states,
    replay: async (change) => {
      const result = await journal.replay(change)
      deliverer.wake([change.sink])
      return result
    },
    discard: async (change) => {
      const result = await journal.discard(change)
      // Deliveries that waited behind a discarded one may start.
      deliverer.wake([change.sink])
      return result
    },
    reprocess: async ({ dryRun = false, ...filter }) => {
      const { events, next } = await journal.find({ ...filter, status: 'quarantined', order: 'oldest', raw: true })
      const results = await Promise.all(events.map((event) => slicer.run(() => reprocessOne(event))))
      const accepted = results.flatMap((result) => result ?? [])
      if (!dryRun && accepted.length > 0) {
        await journal.reprocess(accepted)
        deliverer.wake(accepted.flatMap(({ sinks }) => sinks))
      }
      const changed = accepted.length
      return { changed, refused: events.length - changed, more: next !== undefined, ...(next !== undefined && { next }) }
    },
    resume: deliverer.resume,
    testSink: async (sink, command) => {
      const plugin = command === undefined ? firstRoutedTo(sink) : plugins.get(command)
      if (!plugin) return undefined
      const startedAt = clock.elapsed()
      const outcome = await deliverer.testDelivery(sink, sampleEvent(plugin))
      if (!outcome) return undefined
      const ms = Math.round(clock.elapsed() - startedAt)
      return { command: plugin.command, outcome: outcome.type, ...('error' in outcome && { error: outcome.error }), ms }
    },
  }
}
