import type { StandardSchemaV1 } from '@standard-schema/spec'
import type * as t from 'io-ts'
import { standardSchemaOf } from '../codec/codec.ts'
import { formatErrors } from '../codec/errors.ts'
import type { Json, JsonObject } from '../json/json.ts'
import { BRAND_VERSION, brandSymbol } from './brand.ts'
import type { CallbackEvent, SinkEvent } from './event.ts'
import type { BeforeSpec, EncodedVerdict, ReplyRules, Verdict } from './verdict.ts'

/**
 * What each kind of sink wants to be shown by a hook. A third-party sink adds its own kind:
 * `declare module '@callboard/core' { interface Shown { bus: BusMessage } }`.
 */
export interface HookPayloads {
  /** The line, or the line with fields beside it. */
  log: string | { readonly message: string; readonly fields?: JsonObject }
  /** The record that takes the place of `body` in the line. */
  file: JsonObject
  /** The JSON that is sent. */
  webhook: Json
}

/** Sink kind -> what that kind shows for this callback. */
export type Hooks<Body> = {
  readonly [Kind in keyof HookPayloads]?: (event: CallbackEvent<Body>) => HookPayloads[Kind]
}

/** What the author of a plugin writes. */
export interface PluginSpec<Command extends string, C extends t.Mixed, V extends Verdict> {
  /** The vendor's `CallbackCommand`; declared here and nowhere else. */
  readonly command: Command
  /** A few words for people. */
  readonly title: string
  /** The io-ts codec of the body, without `CallbackCommand`. */
  readonly body: C
  /** The documented payload, as it is on the wire. */
  readonly sample: t.OutputOf<C> & { readonly CallbackCommand?: NoInfer<Command> }
  /** What keeps order. Absent or undefined: no order. */
  readonly key?: (body: t.TypeOf<C>) => string | undefined
  /** When it happened, in milliseconds since the Unix epoch; by default `EventTime`, where that is a number. */
  readonly eventTime?: (body: t.TypeOf<C>) => number | undefined
  /** What each kind of sink is shown. */
  readonly hooks?: Hooks<t.TypeOf<C>>
  /** Before-callbacks only: what may be answered. */
  readonly before?: BeforeSpec<t.TypeOf<C>, V>
}

/** A body that its plugin understood, with everything the plugin says about it. */
export interface DecodedBody {
  readonly body: unknown
  readonly key?: string
  readonly eventTime?: number
  /** What the hook for this kind of sink gives; undefined where there is none. Throws what the hook throws. */
  readonly payloadFor: (kind: string, event: CallbackEvent) => unknown
  /** Before-callbacks only: a verdict as the vendor's answer. */
  readonly answer?: (verdict: Verdict) => EncodedVerdict
}
/** A body that its plugin refuses: why, one line each, without values. */
export interface InvalidBody {
  readonly reasons: readonly string[]
}

/** One callback as Callboard knows it. Plugins of all bodies fit into one array. */
export interface Plugin<Command extends string = string, Body = unknown, V extends Verdict = Verdict> {
  readonly command: Command
  readonly title: string
  /** The documented payload, with `CallbackCommand`. */
  readonly sample: JsonObject
  /** The codec of the body, for tools that walk it. */
  readonly codec: t.Mixed
  /** A plugin is a Standard Schema of its body: other libraries can validate with it. */
  readonly '~standard': StandardSchemaV1.Props<unknown, Body>
  /** Names of the sink kinds that have a hook. */
  readonly hooks: readonly string[]
  /** Before-callbacks only: what may be answered. */
  readonly before?: ReplyRules
  /** Looks at a parsed body. Never throws: a `key` that throws is a reason too. */
  readonly decode: (body: unknown) => DecodedBody | InvalidBody
  /** Is this event mine, and was its body understood? Narrows `event.body`. */
  readonly is: (event: SinkEvent) => event is SinkEvent & CallbackEvent<Body, Command> & { readonly status: 'accepted' }
  /** What `Body` and the verdicts are; never present at run time. */
  readonly types?: { readonly body: Body; readonly verdict: V }
}

/** The decoded body of a plugin: `BodyOf<typeof groupDestroyed>`. */
export type BodyOf<P extends Plugin> = P extends Plugin<string, infer Body, Verdict> ? Body : never
/** The command of a plugin, as a literal. */
export type CommandOf<P extends Plugin> = P['command']

const BRAND = brandSymbol('plugin')

/** Is this value a plugin made by `definePlugin`, in whichever copy of this package? */
export const isPlugin = (value: unknown): value is Plugin => typeof value === 'object' && value !== null && BRAND in value

const numberIn = (body: unknown): number | undefined =>
  typeof body === 'object' && body !== null && 'EventTime' in body && typeof body.EventTime === 'number' ? body.EventTime : undefined

// The last moment that a Date can hold, in milliseconds; what lies behind it could be stored, and then shown to nobody.
const LAST_MOMENT = 8.64e15
const isMoment = (time: number | undefined): time is number => time !== undefined && Math.abs(time) <= LAST_MOMENT

const isKind = <Body>(hooks: Hooks<Body>, kind: string): kind is keyof HookPayloads & string => Object.hasOwn(hooks, kind)

/** Declares one callback: its command, its codec, its key, its hooks, its sample and, for a before-callback, its answers. */
export const definePlugin = <const Command extends string, C extends t.Mixed, V extends Verdict = never>(
  spec: PluginSpec<Command, C, V>,
): Plugin<Command, t.TypeOf<C>, V> => {
  const { command, body: codec, key, eventTime, hooks = {}, before } = spec
  const decodedBody = (body: t.TypeOf<C>): DecodedBody => {
    const itsKey = key?.(body)
    const itsTime = eventTime ? eventTime(body) : numberIn(body)
    return {
      body,
      ...(itsKey !== undefined && { key: itsKey }),
      ...(isMoment(itsTime) && { eventTime: itsTime }),
      payloadFor: (kind, event) => (isKind(hooks, kind) ? hooks[kind]?.({ ...event, body }) : undefined),
      ...(before && { answer: (verdict: Verdict) => before.answer(verdict, body) }),
    }
  }
  const plugin = {
    [BRAND]: BRAND_VERSION,
    command,
    title: spec.title,
    sample: { CallbackCommand: command, ...spec.sample },
    codec,
    '~standard': standardSchemaOf<t.TypeOf<C>, unknown>(codec),
    hooks: Object.keys(hooks),
    ...(before && { before }),
    decode: (body: unknown): DecodedBody | InvalidBody => {
      const decoded = codec.decode(body)
      if (decoded._tag === 'Left') return { reasons: formatErrors(decoded.left) }
      try {
        return decodedBody(decoded.right)
      } catch {
        return { reasons: ['key: the plugin could not read a key from this body'] }
      }
    },
    is: (event: SinkEvent): event is SinkEvent & CallbackEvent<t.TypeOf<C>, Command> & { readonly status: 'accepted' } =>
      event.status === 'accepted' && event.command === command,
  }
  return plugin
}

/** The code that decides one before-callback. May be async and may throw; must settle before `signal` aborts. */
export type Decide<Body, V extends Verdict> = (event: CallbackEvent<Body>, signal: AbortSignal) => V | Promise<V>

/** A decision bound to its command, for `createCallboard({ decisions })` or as the default export of a module that a config names. */
export interface Decision {
  readonly command: string
  readonly decide: (event: SinkEvent, signal: AbortSignal) => Promise<Verdict>
}

const DECISION = brandSymbol('decision')

/** Is this value a decision made by `decideWith`? */
export const isDecision = (value: unknown): value is Decision => typeof value === 'object' && value !== null && DECISION in value

/** Decides a before-callback. Does not compile for an after-callback, nor for a verdict that the callback does not know. */
export const decideWith = <Command extends string, Body, V extends Verdict>(
  plugin: Plugin<Command, Body, V>,
  decide: [V] extends [never] ? 'an after-callback takes no decision' : Decide<Body, NoInfer<V>>,
): Decision => {
  if (typeof decide !== 'function') throw new TypeError(`${plugin.command} is an after-callback and takes no decision`)
  const decision = {
    [DECISION]: BRAND_VERSION,
    command: plugin.command,
    decide: async (event: SinkEvent, signal: AbortSignal): Promise<Verdict> => {
      if (!plugin.is(event)) throw new TypeError(`a decision for ${plugin.command} was asked about ${event.command}`)
      return decide(event, signal)
    },
  }
  return decision
}
