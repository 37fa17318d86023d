import type * as t from 'io-ts'
import { formatErrors, type Issue, toIssues } from './codec/errors.ts'
import { isObject } from './json/json.ts'
import { BRAND_VERSION, brandOf, brandSymbol, explainNotA } from './plugin/brand.ts'
import type { SinkEvent } from './plugin/event.ts'
import type { HookPayloads } from './plugin/plugin.ts'
import type { Log } from './util/log.ts'

/** One event on its way to one sink. */
export interface Delivery<Payload = unknown> {
  readonly event: SinkEvent
  /** What the plugin's hook for this kind of sink gave; absent where there is no hook. */
  readonly payload?: Payload
  /** The name of the sink in the configuration. */
  readonly sink: string
  /** 1, 2, 3 … since the delivery was made or last replayed. */
  readonly attempt: number
}

/** An open sink. */
export interface SinkWriter<Payload = unknown> {
  /**
   * Writes one event. The delivery is done when it returns or resolves. It must stop when `signal` aborts.
   *
   * What it throws decides: any error is retried later, `giveUp(reason)` ends the delivery as dead, and `retryAfter(ms, reason)`
   * pauses the whole sink for that time.
   *
   * @example
   * write: async ({ event }, signal) => {
   *   const response = await fetch(url, { method: 'POST', body: JSON.stringify(event.body), signal })
   *   if (response.status === 422) throw giveUp('the receiver answered 422')
   *   if (response.status === 429) throw retryAfter(30_000, 'the receiver answered 429')
   *   if (!response.ok) throw new Error(`the receiver answered ${response.status}`)
   * }
   */
  write(delivery: Delivery<Payload>, signal: AbortSignal): void | Promise<void>
  /** Frees what `open` took. It is called once, after the last write has ended. */
  close?(): void | Promise<void>
}

/** What a sink is told when it is opened. */
export interface SinkContext {
  /** Its name in the configuration. */
  readonly name: string
  readonly log: Log
  /** Wall time in milliseconds since the Unix epoch. */
  readonly now: () => number
  /** How many deliveries may be in flight at a time: as many connections are enough. */
  readonly concurrency: number
}

/** Options that every sink takes. */
export interface DeliveryOptions {
  /** Events of one key arrive in order, one at a time; default true. */
  readonly order?: boolean
  /** Deliveries in flight at a time; default 16, for files 256. */
  readonly concurrency?: number
  /** How long one attempt may take: milliseconds, or text such as `15s`; default 15 s. */
  readonly timeout?: number | string
  /** Pauses before each further attempt, such as `1s 5s 30s`; then the delivery is dead. */
  readonly retry?: string
}

/** What stands behind a name in `sinks`: a kind with its options. */
export interface Sink {
  readonly kind: string
  /** The options that every sink takes, as they were given. */
  readonly deliveryOptions: DeliveryOptions
  /** What is wrong with the options; empty when nothing is. */
  readonly problems: readonly Issue[]
  open(context: SinkContext): Promise<SinkWriter>
}

/** A plain function is a sink too: it resolves when the event is delivered and throws to be called again later. */
export type SinkFunction = ((event: SinkEvent, signal: AbortSignal) => unknown) & {
  // A kind that was not called (`{ mine: log }` for `{ mine: log() }`) must not pass for a function.
  readonly kind?: never
}

/** A kind of sink: call it with its options to get a sink. */
export interface SinkKind<Kind extends string = string, Options = unknown, Given = unknown> {
  readonly kind: Kind
  /** The codec of the options. */
  readonly options: t.Type<Options, Given, unknown>
  /** The sink, for options that come from elsewhere, such as a config file; what is wrong with them is in `problems`. */
  readonly configure: (given: unknown, delivering?: DeliveryOptions) => Sink
}
/** A kind as it is used in code: the options are typed, and left out where none is required. */
export type CallableSinkKind<Kind extends string, Options, Given> = SinkKind<Kind, Options, Given> &
  ((...given: Record<never, never> extends Given ? [options?: Given & DeliveryOptions] : [options: Given & DeliveryOptions]) => Sink)

type PayloadFor<Kind extends string> = Kind extends keyof HookPayloads ? HookPayloads[Kind] : unknown

const BRAND = brandSymbol('sink')

/** Is this value a sink kind made by `defineSink`, in whichever copy of this package? */
export const isSinkKind = (value: unknown): value is SinkKind => typeof value === 'function' && BRAND in value

/** Why a value is no sink, in one sentence; undefined where it is one. */
export const explainNotASink = (value: unknown): string | undefined => {
  if (isSinkKind(value)) return `this is the kind of sink \`${value.kind}\` and not a sink: call it, with its options`
  if (brandOf(value) !== undefined) return explainNotA(value, 'sink')
  const isSink = typeof value === 'function' || (isObject(value) && typeof value.open === 'function')
  return isSink ? undefined : 'expected a sink: a kind that was called with its options, such as `log()`, or a function'
}

const DELIVERY_OPTIONS = ['order', 'concurrency', 'timeout', 'retry'] as const

/** Splits what was given in one object into the sink's own options and those that every sink takes. */
const split = (given: Readonly<Record<string, unknown>>): { own: Record<string, unknown>; delivering: DeliveryOptions } => {
  const own: Record<string, unknown> = { ...given }
  const delivering: Record<string, unknown> = {}
  for (const name of DELIVERY_OPTIONS) {
    if (!(name in own)) continue
    delivering[name] = own[name]
    delete own[name]
  }
  return { own, delivering }
}

/** Declares a kind of sink. `options` is a codec: it checks the configuration at start and types `open`. */
export const defineSink = <const Kind extends string, Options, Given>(spec: {
  readonly kind: Kind
  readonly options: t.Type<Options, Given, unknown>
  /** Defaults of the kind for the options that every sink takes. */
  readonly deliveryDefaults?: DeliveryOptions
  readonly open: (options: NoInfer<Options>, context: SinkContext) => SinkWriter<PayloadFor<Kind>> | Promise<SinkWriter<PayloadFor<Kind>>>
}): CallableSinkKind<Kind, Options, Given> => {
  const configure = (given: unknown, delivering: DeliveryOptions = {}): Sink => {
    const decoded = spec.options.decode(given)
    const sink: Sink = {
      kind: spec.kind,
      deliveryOptions: { ...spec.deliveryDefaults, ...delivering },
      problems: decoded._tag === 'Left' ? toIssues(decoded.left) : [],
      open: async (context) => {
        if (decoded._tag === 'Left') throw new TypeError(`sink ${context.name}: ${formatErrors(decoded.left).join('; ')}`)
        return spec.open(decoded.right, context)
      },
    }
    return Object.assign(sink, { [BRAND]: BRAND_VERSION })
  }
  const callable = (...[given]: readonly unknown[]): Sink => {
    const { own, delivering } = split(isObject(given) ? given : {})
    return configure(own, delivering)
  }
  return Object.assign(callable, { [BRAND]: BRAND_VERSION, kind: spec.kind, options: spec.options, configure })
}

/** Thrown by a sink that will never take this event: the delivery is dead at once. */
export class GiveUp extends Error {
  /** Also of another copy of this package, which sinks may bring along. */
  static override [Symbol.hasInstance](value: unknown): value is GiveUp {
    return value instanceof Error && value.name === 'GiveUp' && 'pause' in value
  }
  override readonly name = 'GiveUp'
  /** Nothing more is to be sent to this sink until an operator resumes it. */
  readonly pause: boolean
  constructor(reason: string, pause = false) {
    super(reason)
    this.pause = pause
  }
}
/**
 * `throw giveUp('the receiver says 422')`: no further attempt. With `{ pause: true }` the receiver is gone for good: the sink is
 * paused, with an alarm, until somebody resumes it; what waits is kept.
 */
export const giveUp = (reason: string, { pause = false }: { readonly pause?: boolean } = {}): GiveUp => new GiveUp(reason, pause)

/** Thrown by a sink that knows when to come back: for `after` milliseconds, at most an hour, it gets no attempt at all. */
export class RetryAfter extends Error {
  /** Also of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is RetryAfter {
    return value instanceof Error && value.name === 'RetryAfter' && 'retryInMs' in value
  }
  override readonly name = 'RetryAfter'
  readonly retryInMs: number
  constructor(retryInMs: number, reason: string) {
    super(reason)
    this.retryInMs = retryInMs
  }
}
/** `throw retryAfter(7_000, '429 Too Many Requests')`: the attempt failed, and the receiver said for how many milliseconds it wants no further one. */
export const retryAfter = (ms: number, reason: string): RetryAfter => new RetryAfter(ms, reason)
