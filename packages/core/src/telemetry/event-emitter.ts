import { type Fault, faults } from '../fault.ts'
import type { Clock } from '../util/clock.ts'
import { describeValue } from '../util/foreign-value.ts'
import type { Log } from '../util/log.ts'
import type { Emit, TelemetryEvent, TelemetryEventOf } from './events.ts'
import { createLogThrottle } from './log-throttle.ts'

type AttemptEvent<Outcome> = TelemetryEventOf<'attempt'> & { readonly outcome: Outcome }

/** The events of `callboard.on`, by name. */
export interface EventMap {
  /**
   * A callback was stored, or is a `duplicate` of a stored one. `event` has `id`, `app`, `command`, `status` and `duplicate`; `ms` is
   * the time since the HTTP headers arrived. `fault`: the event is unknown or quarantined, or its decision failed.
   */
  readonly accepted: TelemetryEventOf<'answered'> & Required<Pick<TelemetryEventOf<'answered'>, 'event'>>
  /** A request was answered and not stored. `status` is 200 when a before-callback got its decision or fallback all the same. */
  readonly rejected: TelemetryEventOf<'answered'> & Required<Pick<TelemetryEventOf<'answered'>, 'fault'>>
  /** An event was delivered to `sink`. `ms` is the duration of the attempt. */
  readonly delivered: AttemptEvent<'delivered'>
  /** An attempt failed with `error`. The next one starts in `retryInMs`. */
  readonly failed: AttemptEvent<'retry'>
  /** A delivery failed permanently with `error`. It can be replayed. */
  readonly dead: AttemptEvent<'dead'>
  /** The `health` of a `sink` changed: healthy, open, half-open, paused or stalled. */
  readonly sink: TelemetryEventOf<'sink'>
  /** The journal began to fail with `code` and `error`, or works again; then `code` is absent. */
  readonly journal: TelemetryEventOf<'journal'>
}
/** The name of an event of `callboard.on`. */
export type EventName = keyof EventMap

/**
 * Adds a listener and returns the function that removes it. The listener runs at once, on the event loop, so it must return quickly.
 * An error that it throws or rejects with is logged and has no other effect. Throws a TypeError for an unknown name.
 */
export type On = <Name extends EventName>(name: Name, listener: (event: EventMap[Name]) => unknown) => () => void

const isStored = (fault: Fault): boolean => faults[fault._tag].ActionStatus === 'OK'
const isAttempt =
  <Outcome extends TelemetryEventOf<'attempt'>['outcome']>(outcome: Outcome) =>
  (event: TelemetryEvent): event is AttemptEvent<Outcome> =>
    event.type === 'attempt' && event.outcome === outcome

const matchers: { readonly [Name in EventName]: (event: TelemetryEvent) => event is EventMap[Name] } = {
  accepted: (event): event is EventMap['accepted'] =>
    event.type === 'answered' && event.event !== undefined && (event.fault === undefined || isStored(event.fault)),
  rejected: (event): event is EventMap['rejected'] => event.type === 'answered' && event.fault !== undefined && !isStored(event.fault),
  delivered: isAttempt('delivered'),
  failed: isAttempt('retry'),
  dead: isAttempt('dead'),
  sink: (event) => event.type === 'sink',
  journal: (event) => event.type === 'journal',
}

/** Passes telemetry events to listeners. */
export interface Emitter {
  readonly emit: Emit
  readonly on: On
}

/** Creates an emitter. `listener` receives every event. */
export const createEmitter = (log: Log, clock: Clock, listener?: Emit): Emitter => {
  const listeners = new Set<(event: TelemetryEvent) => unknown>(listener && [listener])
  const throttled = createLogThrottle(clock)
  const logFailure = (err: unknown) =>
    throttled('listener', (suppressed) => log.error({ err, ...(suppressed > 0 && { suppressed }) }, 'callboard.on listener failed'))
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          const result = listener(event)
          if (result instanceof Promise) result.catch(logFailure)
        } catch (error) {
          logFailure(error)
        }
      }
    },
    on: (name, listener) => {
      if (!Object.hasOwn(matchers, name))
        throw new TypeError(`unknown event ${JSON.stringify(name)}; expected one of: ${Object.keys(matchers).join(', ')}`)
      if (typeof listener !== 'function')
        throw new TypeError(`on(${JSON.stringify(name)}): expected a function, got ${describeValue(listener)}`)
      const matches = matchers[name]
      const wrapped = (event: TelemetryEvent): unknown => (matches(event) ? listener(event) : undefined)
      listeners.add(wrapped)
      return () => void listeners.delete(wrapped)
    },
  }
}
