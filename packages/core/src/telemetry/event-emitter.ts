import { type Fault, faults } from '../fault.ts'
import type { Clock } from '../util/clock.ts'
import type { Log } from '../util/log.ts'
import type { Emit, TelemetryEvent, TelemetryEventOf } from './events.ts'
import { createLogThrottle } from './log-throttle.ts'

type AttemptEvent<Outcome> = TelemetryEventOf<'attempt'> & { readonly outcome: Outcome }

/** What `callboard.on` can be asked for, and what a listener is told of each: the signal itself. */
export interface EventMap {
  /**
   * A callback was stored, or is a `duplicate` of a stored one, and its answer is about to leave: `event` with `id`, `app`, `command`,
   * `status` and `duplicate`, and `ms` since its head. `fault`: it was unknown, quarantined, or not decided by its decision.
   */
  readonly accepted: TelemetryEventOf<'answered'> & Required<Pick<TelemetryEventOf<'answered'>, 'event'>>
  /** A request was answered and not stored: `fault`, and `status`, which is 200 where a before-callback got its decision or its fallback all the same. */
  readonly rejected: TelemetryEventOf<'answered'> & Required<Pick<TelemetryEventOf<'answered'>, 'fault'>>
  /** A `sink` has taken an event: `id`, `app`, `command`, `receivedAt`, `attempt`, and `ms` that it took. */
  readonly delivered: AttemptEvent<'delivered'>
  /** An attempt failed, for the reason in `error`, and the next one is made `after` so many milliseconds. */
  readonly failed: AttemptEvent<'retry'>
  /** A delivery was given up, for the reason in `error`, until it is replayed. */
  readonly dead: AttemptEvent<'dead'>
  /** How a `sink` is doing has changed: it `is` well, resting, probing, paused or stalled. */
  readonly sink: TelemetryEventOf<'sink'>
  /** The journal began to fail, `why` and with which `error`; or it works again, and `why` is absent. */
  readonly journal: TelemetryEventOf<'journal'>
}
/** A name for `callboard.on`. */
export type EventName = keyof EventMap

/**
 * Has the listener called whenever this happens, in the turn in which it happens, until the function that it gives is called. What
 * the listener throws or rejects with is logged and does nothing else; but while it runs nothing else does, so it must not take long.
 */
export type On = <Name extends EventName>(name: Name, listener: (happened: EventMap[Name]) => unknown) => () => void

const isKept = (fault: Fault): boolean => faults[fault._tag].ActionStatus === 'OK'
const ended =
  <Outcome extends TelemetryEventOf<'attempt'>['outcome']>(outcome: Outcome) =>
  (signal: TelemetryEvent): signal is AttemptEvent<Outcome> =>
    signal.type === 'attempt' && signal.outcome === outcome

const matchers: { readonly [Name in EventName]: (signal: TelemetryEvent) => signal is EventMap[Name] } = {
  accepted: (signal): signal is EventMap['accepted'] =>
    signal.type === 'answered' && signal.event !== undefined && (signal.fault === undefined || isKept(signal.fault)),
  rejected: (signal): signal is EventMap['rejected'] => signal.type === 'answered' && signal.fault !== undefined && !isKept(signal.fault),
  delivered: ended('delivered'),
  failed: ended('retry'),
  dead: ended('dead'),
  sink: (signal) => signal.type === 'sink',
  journal: (signal) => signal.type === 'journal',
}

/** Tells signals to whoever listens, and to nobody at no cost. */
export interface Emitter {
  readonly emit: Emit
  readonly on: On
}

/** `first` is told everything. */
export const createEmitter = (log: Log, clock: Clock, first?: Emit): Emitter => {
  const listeners = new Set<(signal: TelemetryEvent) => unknown>(first && [first])
  const sparingly = createLogThrottle(clock)
  const failed = (err: unknown) =>
    sparingly('listener', (others) => log.error({ err, ...(others > 0 && { others }) }, 'a listener failed; nothing else did'))
  return {
    emit: (signal) => {
      for (const listener of listeners) {
        try {
          const told = listener(signal)
          if (told instanceof Promise) told.catch(failed)
        } catch (error) {
          failed(error)
        }
      }
    },
    on: (name, listener) => {
      if (!Object.hasOwn(matchers, name))
        throw new TypeError(`nothing that happens is called ${JSON.stringify(name)}: there are ${Object.keys(matchers).join(', ')}`)
      const isIt = matchers[name]
      const told = (signal: TelemetryEvent): unknown => (isIt(signal) ? listener(signal) : undefined)
      listeners.add(told)
      return () => void listeners.delete(told)
    },
  }
}
