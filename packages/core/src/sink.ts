import type * as t from 'io-ts'
import { argument, codecArgument, functionArgument, isFunction, requireArgument } from './codec/argument.ts'
import { formatErrors, type Issue, toIssues } from './codec/errors.ts'
import { anyJson } from './codec/json.ts'
import { strictStruct } from './codec/struct.ts'
import { isObject } from './json/json.ts'
import { BRAND_VERSION, brandOf, brandSymbol, explainNotA } from './plugin/brand.ts'
import type { SinkEvent } from './plugin/event.ts'
import type { HookPayloads } from './plugin/plugin.ts'
import { describeValue, isErrorNamed } from './util/foreign-value.ts'
import type { Log } from './util/log.ts'

/** One event on its way to one sink. `Payload` is the type that hooks make for its kind. */
export interface Delivery<Payload = unknown> {
  readonly event: SinkEvent
  /** The payload that the plugin's hook made for this kind of sink. Absent without a hook. */
  readonly payload?: Payload
  /** The name of the sink in the configuration. */
  readonly sink: string
  /** 1, 2, 3 … since the delivery was made or last replayed. */
  readonly attempt: number
  /**
   * Whether other deliveries of this sink wait, perhaps for the end of this one. A sink that gathers deliveries for one write should then
   * write at once.
   */
  readonly othersWait?: boolean
}

/** An open sink. */
export interface SinkWriter<Payload = unknown> {
  /**
   * Writes one event. The delivery is done when it returns or resolves. It must stop when `signal` aborts.
   *
   * The error that it throws decides: any error is retried later, `giveUp(reason)` ends the delivery as dead, and `retryAfter(ms, reason)`
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

/** Passed to `open` of a sink. */
export interface SinkContext {
  /** Its name in the configuration. */
  readonly name: string
  readonly log: Log
  /** Wall time in milliseconds since the Unix epoch. */
  readonly now: () => number
  /** How many deliveries may be in flight. More connections are not needed. */
  readonly concurrency: number
}

/** The options of every sink. */
export interface DeliveryOptions {
  /** Whether events of one key are delivered in order, one at a time; default true. */
  readonly order?: boolean
  /** Maximum number of deliveries in flight; default 16, for files 256. */
  readonly concurrency?: number
  /** Maximum duration of one attempt: milliseconds, or text such as `15s`; default 15 s. */
  readonly timeout?: number | string
  /** The pauses before each further attempt, such as `1s 5s 30s`. After the last one the delivery is dead. */
  readonly retry?: string
}

/** A configured sink: a kind with its options. */
export interface Sink {
  readonly kind: string
  /** The options of every sink, as given. */
  readonly deliveryOptions: DeliveryOptions
  /** The problems of the options. Empty: the options are valid. */
  readonly problems: readonly Issue[]
  open(context: SinkContext): Promise<SinkWriter>
}

/** A function as a sink. The event is delivered when it returns or resolves. When it throws, it is called again later. */
export type SinkFunction = ((event: SinkEvent, signal: AbortSignal) => unknown) & {
  // A kind that was not called (`{ mine: log }` instead of `{ mine: log() }`) must not compile.
  readonly kind?: never
}

/** A kind of sink: call it with its options to get a sink. */
export interface SinkKind<Kind extends string = string, Options = unknown, Given = unknown> {
  readonly kind: Kind
  /** The codec of the options. */
  readonly options: t.Type<Options, Given, unknown>
  /** Makes a sink from unchecked options, such as those of a config file. `problems` of the sink lists what is wrong. */
  readonly configure: (given: unknown, delivering?: DeliveryOptions) => Sink
}
/** A kind of sink as code calls it, with typed options. */
export type CallableSinkKind<Kind extends string, Options, Given> = SinkKind<Kind, Options, Given> &
  ((...given: Record<never, never> extends Given ? [options?: Given & DeliveryOptions] : [options: Given & DeliveryOptions]) => Sink)

type PayloadFor<Kind extends string> = Kind extends keyof HookPayloads ? HookPayloads[Kind] : unknown

const BRAND = brandSymbol('sink')

/** Returns whether a value is a kind of sink, made with `defineSink` of any copy of this package. */
export const isSinkKind = (value: unknown): value is SinkKind => typeof value === 'function' && BRAND in value

/** Explains in one sentence why a value is not a sink. Returns undefined when it is one. */
export const explainNotASink = (value: unknown): string | undefined => {
  if (isSinkKind(value)) return `\`${value.kind}\` is a kind of sink, not a sink: call it with its options`
  if (brandOf(value) !== undefined) return explainNotA(value, 'sink')
  const isSink =
    typeof value === 'function' ||
    (isObject(value) && isFunction(value.open) && typeof value.kind === 'string' && Array.isArray(value.problems))
  return isSink
    ? undefined
    : `expected a sink: a kind called with its options, such as \`log()\`, or a function; got ${describeValue(value)}`
}

const DELIVERY_OPTIONS = ['order', 'concurrency', 'timeout', 'retry'] as const

const KIND = /^[\w.:-]{1,100}$/
const kindArgument = argument(
  'a name such as "queue", of letters, digits, "-", "_", "." and ":"',
  (value) => typeof value === 'string' && KIND.test(value),
)

/** The argument of `defineSink`. */
const sinkSpec = strictStruct(
  { kind: kindArgument, options: codecArgument, open: functionArgument },
  { deliveryDefaults: strictStruct({}, Object.fromEntries(DELIVERY_OPTIONS.map((name) => [name, anyJson]))) },
)

const requireSinkSpec = (spec: unknown): void => {
  const kind = isObject(spec) && kindArgument.decode(spec.kind)._tag === 'Right' ? spec.kind : undefined
  const subject = kind === undefined ? (isObject(spec) ? undefined : 'defineSink') : `sink kind ${kind}`
  requireArgument(sinkSpec, spec, { owner: 'a kind of sink', ...(subject !== undefined && { subject }) })
}

/** Splits the options of one object into those of the kind and those of every sink. */
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

/**
 * Declares a kind of sink. `options` is the codec of its options: it checks the configuration at start and gives `open` its type.
 * Throws a ConfigError that lists everything that is wrong with the declaration.
 *
 * @example
 * export const queue = defineSink({
 *   kind: 'queue',
 *   options: strictStruct({ url: string }),
 *   open: async ({ url }) => {
 *     const client = await connect(url)
 *     return {
 *       write: ({ event }, signal) => client.send(event.id, event.raw, { signal }),
 *       close: () => client.end(),
 *     }
 *   },
 * })
 */
export const defineSink = <const Kind extends string, Options, Given>(spec: {
  readonly kind: Kind
  readonly options: t.Type<Options, Given, unknown>
  /** The defaults of this kind for the options of every sink. */
  readonly deliveryDefaults?: DeliveryOptions
  readonly open: (options: NoInfer<Options>, context: SinkContext) => SinkWriter<PayloadFor<Kind>> | Promise<SinkWriter<PayloadFor<Kind>>>
}): CallableSinkKind<Kind, Options, Given> => {
  requireSinkSpec(spec)
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

/** Thrown by `write` when a retry is useless: the delivery is dead at once. Made with `giveUp`. */
export class GiveUp extends Error {
  /** Also true for errors of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is GiveUp {
    return isErrorNamed(value, 'GiveUp', 'pause')
  }
  override readonly name = 'GiveUp'
  /** Whether the sink is paused until an operator resumes it. */
  readonly pause: boolean
  constructor(reason: string, pause = false) {
    super(reason)
    this.pause = pause
  }
}
/**
 * Makes the error that ends a delivery as dead: `throw giveUp('the receiver answered 422')`. With `{ pause: true }` the whole sink is
 * paused until an operator resumes it. Its other deliveries wait.
 */
export const giveUp = (reason: string, { pause = false }: { readonly pause?: boolean } = {}): GiveUp => new GiveUp(reason, pause)

/** Thrown by `write` when the receiver asks for a pause. Made with `retryAfter`. */
export class RetryAfter extends Error {
  /** Also true for errors of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is RetryAfter {
    return isErrorNamed(value, 'RetryAfter', 'retryInMs')
  }
  override readonly name = 'RetryAfter'
  readonly retryInMs: number
  constructor(retryInMs: number, reason: string) {
    super(reason)
    this.retryInMs = retryInMs
  }
}
/**
 * Makes the error that pauses the whole sink for `ms` milliseconds, at most an hour: `throw retryAfter(7_000, '429 Too Many Requests')`.
 * The delivery is retried after that.
 */
export const retryAfter = (ms: number, reason: string): RetryAfter => new RetryAfter(ms, reason)
