import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { requireSound } from '../codec/argument.ts'
import { standardSchemaOf } from '../codec/codec.ts'
import type { Json, JsonObject } from '../json/json.ts'
import { describeValue } from '../util/foreign-value.ts'
import { decodeBody, readEventTime, readKey } from './body-fields.ts'
import { BRAND_VERSION, brandSymbol, explainNotA } from './brand.ts'
import type { CallbackEvent, SinkEvent } from './event.ts'
import { runHook } from './hook.ts'
import { requirePluginSpec } from './plugin-spec.ts'
import type { BeforeSpec, EncodedVerdict, ReplyRules, Verdict } from './verdict.ts'

/**
 * The payload that a hook makes, by kind of sink. A third-party sink adds its own kind:
 * `declare module '@callboard/core' { interface HookPayloads { bus: BusMessage } }`.
 */
export interface HookPayloads {
  /** The message of the line, or the message with fields. */
  log: string | { readonly message: string; readonly fields?: JsonObject }
  /** Replaces `body` in the record. */
  file: JsonObject
  /** The JSON to send. */
  webhook: Json
}

/**
 * The hooks of a plugin, by kind of sink. Each makes the payload for its kind, at once. In the JSON for `log`, `file` and `webhook` a Date
 * becomes its ISO text and a BigInt its digits. A hook that throws, or returns what JSON cannot carry, fails the delivery, which is retried.
 */
export type Hooks<Body> = {
  readonly [Kind in keyof HookPayloads]?: (event: CallbackEvent<Body>) => HookPayloads[Kind]
}

/** The declaration of a plugin. */
export interface PluginSpec<Command extends string, C extends t.Mixed, V extends Verdict> {
  /** The vendor's `CallbackCommand`. */
  readonly command: Command
  /** A short title for people. */
  readonly title: string
  /** The codec of the body, without `CallbackCommand`. */
  readonly body: C
  /** The documented payload, as sent. `CallbackCommand` is added when it is absent. */
  readonly sample: t.OutputOf<C> & { readonly CallbackCommand?: NoInfer<Command> }
  /**
   * Returns the key whose events are delivered in order, such as a group: at most 500 characters. Absent, undefined or empty: no order.
   * A body is quarantined when it throws, returns a promise or returns another value.
   */
  readonly key?: (body: t.TypeOf<C>) => string | undefined
  /** Returns when it happened, in milliseconds since the Unix epoch. The default is the number `EventTime`. */
  readonly eventTime?: (body: t.TypeOf<C>) => number | undefined
  /** Makes the payloads for sinks, by kind. */
  readonly hooks?: Hooks<t.TypeOf<C>>
  /** Before-callbacks only: the possible answers, made with `verdicts`. */
  readonly before?: BeforeSpec<t.TypeOf<C>, V>
}

/** A body that its plugin accepted. */
export interface DecodedBody {
  readonly body: unknown
  readonly key?: string
  readonly eventTime?: number
  /**
   * Returns the payload of the hook for this kind of sink; undefined without a hook. Throws a HookError when the hook throws, or when the
   * kind cannot use its payload.
   */
  readonly payloadFor: (kind: string, event: CallbackEvent) => unknown
  /** Before-callbacks only: encodes a verdict as the vendor's answer. */
  readonly answer?: (verdict: Verdict) => EncodedVerdict
}
/** A body that its plugin refused. */
export interface InvalidBody {
  /** Why, one line each, without values. */
  readonly reasons: readonly string[]
}

/** A declared callback, made with `definePlugin`. Plugins of all body types fit into one array. */
export interface Plugin<Command extends string = string, Body = unknown, V extends Verdict = Verdict> {
  readonly command: Command
  readonly title: string
  /** The documented payload, with `CallbackCommand`. */
  readonly sample: JsonObject
  /** The codec of the body, for tools that walk it. */
  readonly codec: t.Mixed
  /** A plugin is a Standard Schema of its body: other libraries can validate with it. */
  readonly '~standard': StandardSchemaV1.Props<unknown, Body>
  /** The kinds of sink that have a hook. */
  readonly hooks: readonly string[]
  /** Before-callbacks only: the possible answers. */
  readonly before?: ReplyRules
  /** Decodes a parsed body. It never throws: a codec, `key` or `eventTime` that throws or returns a promise is a reason. */
  readonly decode: (body: unknown) => DecodedBody | InvalidBody
  /** Returns whether this is an accepted event of this plugin. Narrows `event.body`. */
  readonly is: (event: SinkEvent) => event is SinkEvent & CallbackEvent<Body, Command> & { readonly status: 'accepted' }
  /** Carries the types; never present at run time. */
  readonly types?: { readonly body: Body; readonly verdict: V }
}

/** The type of a plugin's decoded body: `BodyOf<typeof groupDestroyed>`. */
export type BodyOf<P extends Plugin> = P extends Plugin<string, infer Body, Verdict> ? Body : never
/** The command of a plugin as a literal type. */
export type CommandOf<P extends Plugin> = P['command']

const BRAND = brandSymbol('plugin')

/** Returns whether a value is a plugin, made with `definePlugin` of any copy of this package. */
export const isPlugin = (value: unknown): value is Plugin => typeof value === 'object' && value !== null && BRAND in value

const eventTimeOf = (body: unknown): number | undefined =>
  typeof body === 'object' && body !== null && 'EventTime' in body && typeof body.EventTime === 'number' ? body.EventTime : undefined

const isKind = <Body>(hooks: Hooks<Body>, kind: string): kind is keyof HookPayloads & string => Object.hasOwn(hooks, kind)

/**
 * Declares a callback: its command, codec, key, hooks, sample and, for a before-callback, its possible answers.
 * Throws a ConfigError that lists everything that is wrong with the declaration.
 *
 * @example
 * const groupDestroyed = definePlugin({
 *   command: 'Group.CallbackAfterGroupDestroyed',
 *   title: 'Group disbanded',
 *   body: struct({ GroupId: string }),
 *   key: (body) => body.GroupId,
 *   sample: { GroupId: '@TGS#1' },
 * })
 */
export const definePlugin = <const Command extends string, C extends t.Mixed, V extends Verdict = never>(
  spec: PluginSpec<Command, C, V>,
): Plugin<Command, t.TypeOf<C>, V> => {
  requirePluginSpec(spec)
  const { command, body: codec, key, eventTime = eventTimeOf, hooks = {}, before } = spec
  const nameOf = (part: string): string => `${part} of plugin ${command}`
  const decodedBody = (body: t.TypeOf<C>): DecodedBody | InvalidBody => {
    const keyOfBody = key ? readKey(nameOf('key'), key, body) : right(undefined)
    const timeOfBody = readEventTime(nameOf('eventTime'), eventTime, body)
    if (isLeft(keyOfBody)) return { reasons: [keyOfBody.left] }
    if (isLeft(timeOfBody)) return { reasons: [timeOfBody.left] }
    return {
      body,
      ...(keyOfBody.right !== undefined && { key: keyOfBody.right }),
      ...(timeOfBody.right !== undefined && { eventTime: timeOfBody.right }),
      payloadFor: (kind, event) => {
        const hook = isKind(hooks, kind) ? hooks[kind] : undefined
        return hook && runHook(command, kind, () => hook({ ...event, body }))
      },
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
      const decoded = decodeBody(nameOf('body'), codec, body)
      return isLeft(decoded) ? { reasons: decoded.left } : decodedBody(decoded.right)
    },
    is: (event: SinkEvent): event is SinkEvent & CallbackEvent<t.TypeOf<C>, Command> & { readonly status: 'accepted' } =>
      event.status === 'accepted' && event.command === command,
  }
  return plugin
}

/** Decides a before-callback. It may be async and may throw. It must end before `signal` aborts. */
export type Decide<Body, V extends Verdict> = (event: CallbackEvent<Body>, signal: AbortSignal) => V | Promise<V>

/** A decision for one command. Use it in `createCallboard({ decisions })`, or as the default export of a module that a config names. */
export interface Decision {
  readonly command: string
  readonly decide: (event: SinkEvent, signal: AbortSignal) => Promise<Verdict>
}

const DECISION = brandSymbol('decision')

/** Returns whether a value is a decision, made with `decideWith` of any copy of this package. */
export const isDecision = (value: unknown): value is Decision => typeof value === 'object' && value !== null && DECISION in value

const explainDecide = (plugin: unknown, decide: unknown): string | undefined => {
  if (typeof decide === 'function') return undefined
  if (isPlugin(plugin) && !plugin.before) return `${plugin.command} is an after-callback and takes no decision`
  return `expected a function that returns a verdict, got ${describeValue(decide)}`
}

/**
 * Makes a decision for a before-callback. An after-callback, or a verdict that the callback does not allow, does not compile.
 * Throws a ConfigError when an argument is wrong.
 */
export const decideWith = <Command extends string, Body, V extends Verdict>(
  plugin: Plugin<Command, Body, V>,
  decide: [V] extends [never] ? 'an after-callback takes no decision' : Decide<Body, NoInfer<V>>,
): Decision => {
  requireSound('decideWith', [explainNotA(plugin, 'plugin'), explainDecide(plugin, decide)])
  if (typeof decide !== 'function') throw new TypeError(decide)
  const decision = {
    [DECISION]: BRAND_VERSION,
    command: plugin.command,
    decide: async (event: SinkEvent, signal: AbortSignal): Promise<Verdict> => {
      if (!plugin.is(event)) throw new TypeError(`the decision for ${plugin.command} received ${event.command}`)
      return decide(event, signal)
    },
  }
  return decision
}
