import { parseRetrySchedule } from './codec/retry-schedule.ts'
import { duration, size } from './codec/units.ts'
import type { Journal } from './journal/journal.ts'
import type { Retention } from './journal/retention.ts'
import { isObject } from './json/json.ts'
import { explainNotA } from './plugin/brand.ts'
import { type Decision, isPlugin, type Plugin } from './plugin/plugin.ts'
import type { Fallback } from './plugin/verdict.ts'
import { type DeliveryOptions, explainNotASink, type Sink, type SinkFunction } from './sink.ts'
import type { Emit } from './telemetry/events.ts'
import type { Clock } from './util/clock.ts'
import type { Log } from './util/log.ts'
import type { WatchdogHook } from './util/watchdog-hook.ts'

/** An app whose callbacks are received. */
export type App = {
  /** The SDKAppID, as in the vendor's console. */
  readonly sdkAppId: number
} & (
  | {
      /** The console's authentication token; two while rotating. */
      readonly tokens: readonly string[]
      readonly verify?: never
    }
  | {
      /** No signature is asked for. Only where nobody else can reach the listener. */
      readonly verify: 'none'
      readonly tokens?: never
    }
)

/** A decision with its own deadline or fallback. */
export interface ConfiguredDecision {
  readonly use: Decision
  /** Milliseconds, or text such as `1500ms`; at most 1.6 s, default 1.5 s. */
  readonly deadline?: number | string
  /** Instead of the plugin's own. */
  readonly fallback?: Fallback
}

/** Bounds on what one request may bring. */
export interface Limits {
  /** Bytes of a body; default 1 MiB. */
  readonly body?: number
  /** Depth of nesting; default 64. */
  readonly depth?: number
  /** Number of JSON values in a body; default 100 000. */
  readonly values?: number
  /** Bytes that may wait for the journal, and as many again that may be arriving; default 64 MiB. */
  readonly queue?: number
}

/** Everything a Callboard is made of. */
export interface Options {
  /** Whose callbacks are received: `[{ sdkAppId, tokens: [...] }]`, or `verify: 'none'` instead of tokens. */
  readonly apps: readonly App[]
  /** What is understood; a command without a plugin is stored as unknown. */
  readonly plugins: readonly Plugin[]
  /** What decides before-callbacks; a before-callback without a decision is allowed. */
  readonly decisions?: readonly (Decision | ConfiguredDecision)[]
  /** Sinks by name: kinds that were called with their options, or functions. */
  readonly sinks: Readonly<Record<string, Sink | SinkFunction>>
  /** Command -> names of sinks; `"*"` for all commands without a route of their own. */
  readonly routes: Readonly<Record<string, readonly string[]>>
  /** Where events are written down; the default keeps them in memory, which survives nothing. */
  readonly journal?: Journal | Promise<Journal>
  /** Bounds on one request: `body` (1 MiB), `depth` (64), `values` (100 000), and `queue` (64 MiB), what may wait for the journal. */
  readonly limits?: Limits
  /** For how long the journal keeps what is over: `{ delivered: '7d', dead: '30d', size: '10GiB' }`. */
  readonly retention?: Retention
  /** Where diagnostics go: a pino logger, or anything with `info`, `warn` and `error`; default: silence. */
  readonly log?: Log
  /** Is told everything that happens inside, from the start, for counters and tests; `on` listens for less. Must not take long. */
  readonly listener?: Emit
  /** Is told whose code is running, for a watchdog; must take next to no time. */
  readonly watchdog?: WatchdogHook
  /** What time it is, for tests; default: the machine's. */
  readonly clock?: Clock
}

/** Something wrong with the options, and where: `['routes', 'Group.X', 1]`. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** A warning stops nothing. */
  readonly level: 'error' | 'warning'
}

/** Thrown at start, with every problem that there is. Nothing else is ever thrown for a wrong set-up. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('\n'))
    this.problems = problems
  }
}

/** The longest a decision may take: the answer must still be recorded and leave inside the vendor's 2 s. */
export const MAX_DECISION_DEADLINE_MS = 1_600

// What comes from JavaScript may be anything.
const isConfigured = (given: Decision | ConfiguredDecision): given is ConfiguredDecision => isObject(given) && 'use' in given

/** The decision and its options, however it was given. */
export const toConfiguredDecision = (given: Decision | ConfiguredDecision): ConfiguredDecision =>
  isConfigured(given) ? given : { use: given }

const error = (path: Problem['path'], message: string): Problem => ({ path, message, level: 'error' })
const warning = (path: Problem['path'], message: string): Problem => ({ path, message, level: 'warning' })

const appProblems = (apps: Options['apps']): Problem[] => {
  const seen = new Set<number>()
  const problems = apps.flatMap((app, index) => {
    const found: Problem[] = []
    if (!Number.isSafeInteger(app.sdkAppId) || app.sdkAppId <= 0)
      found.push(error(['apps', index, 'sdkAppId'], 'expected the SDKAppID, a positive number'))
    if (seen.has(app.sdkAppId)) found.push(error(['apps', index, 'sdkAppId'], `SDKAppID ${app.sdkAppId} is configured twice`))
    seen.add(app.sdkAppId)
    if (app.verify !== 'none' && !(app.tokens && app.tokens.length > 0))
      found.push(error(['apps', index], 'without a token anyone can send callbacks: give `tokens`, or say `verify: none` aloud'))
    if (app.verify !== 'none' && app.tokens?.some((token) => token === '')) found.push(error(['apps', index, 'tokens'], 'a token is empty'))
    if (app.verify === 'none' && app.tokens !== undefined)
      found.push(error(['apps', index, 'verify'], '`verify: none` and `tokens` contradict each other'))
    return found
  })
  return apps.length === 0 ? [error(['apps'], 'expected at least one app')] : problems
}

/** Do two plugins say the same of themselves? Then one package was loaded from two places. */
const areAlike = (one: Plugin, other: Plugin): boolean => {
  const seen = ({ title, sample, hooks }: Plugin) => JSON.stringify([title, sample, hooks])
  return seen(one) === seen(other)
}

const pluginProblems = (plugins: Options['plugins']): Problem[] => {
  const byCommand = new Map<string, Plugin>()
  return plugins.flatMap((plugin, index) => {
    const objection = explainNotA(plugin, 'plugin')
    if (objection !== undefined) return [error(['plugins', index], objection)]
    const { command } = plugin
    const other = byCommand.get(command)
    byCommand.set(command, other ?? plugin)
    if (other === undefined || other === plugin) return []
    const message = areAlike(plugin, other)
      ? `two copies of one plugin declare ${command}: its package is installed twice; install it once, or name one of the two`
      : `two different plugins declare ${command}`
    return [error(['plugins', index], message)]
  })
}

const decisionProblems = ({ decisions = [], plugins }: Options): Problem[] => {
  const seen = new Set<string>()
  return decisions.flatMap((given, index) => {
    const { use, deadline } = toConfiguredDecision(given)
    const objection = explainNotA(use, 'decision')
    if (objection !== undefined) return [error(['decisions', index], objection)]
    const { command } = use
    const at = ['decisions', command]
    const found: Problem[] = []
    const plugin = plugins.find((candidate) => candidate.command === command)
    if (!plugin) found.push(error(at, `no plugin declares ${command}, so nothing can be decided about it`))
    else if (!plugin.before) found.push(error(at, `${command} is an after-callback and takes no decision`))
    if (seen.has(command)) found.push(error(at, `two decisions for ${command}`))
    seen.add(command)
    const ms = duration.decode(deadline ?? 0)
    if (ms._tag === 'Left') found.push(error([...at, 'deadline'], `expected ${duration.name}`))
    else if (ms.right > MAX_DECISION_DEADLINE_MS)
      found.push(error([...at, 'deadline'], `at most ${MAX_DECISION_DEADLINE_MS} ms: the answer must leave inside the vendor's 2 s`))
    return found
  })
}

const deliveringProblems = (name: string, { order, concurrency, timeout, retry }: DeliveryOptions): Problem[] => {
  const found: Problem[] = []
  const at = (option: string) => ['sinks', name, option]
  if (order !== undefined && typeof order !== 'boolean') found.push(error(at('order'), 'expected true or false'))
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1))
    found.push(error(at('concurrency'), 'expected a whole number, 1 or more'))
  if (timeout !== undefined) {
    const ms = duration.decode(timeout)
    if (ms._tag === 'Left' || ms.right < 1) found.push(error(at('timeout'), `expected ${duration.name}`))
  }
  if (retry !== undefined && parseRetrySchedule(retry) === undefined)
    found.push(error(at('retry'), 'expected pauses such as `1s 5s 30s 2m`'))
  return found
}

const sinkProblems = (sinks: Options['sinks']): Problem[] =>
  Object.entries(sinks).flatMap(([name, sink]) => {
    const objection = explainNotASink(sink)
    if (objection !== undefined) return [error(['sinks', name], objection)]
    return typeof sink === 'function'
      ? []
      : [
          ...sink.problems.map(({ path, message }) => error(['sinks', name, ...path], message)),
          ...deliveringProblems(name, sink.deliveryOptions),
        ]
  })

const routeProblems = ({ routes, sinks, plugins }: Options): Problem[] =>
  Object.entries(routes).flatMap(([command, names]) => {
    const found = names.flatMap((name, index) => {
      const at = ['routes', command, index]
      if (!Object.hasOwn(sinks, name)) return [error(at, `no sink is called ${JSON.stringify(name)}`)]
      return names.indexOf(name) < index ? [error(at, `${JSON.stringify(name)} is named twice in this route`)] : []
    })
    if (command !== '*' && !plugins.some((plugin) => plugin.command === command))
      found.push(warning(['routes', command], `no plugin declares ${command}: its events are stored as unknown`))
    return found
  })

const retentionProblems = ({ retention = {} }: Options): Problem[] =>
  [['delivered', duration] as const, ['dead', duration] as const, ['size', size] as const].flatMap(([name, codec]) =>
    retention[name] === undefined || codec.decode(retention[name])._tag === 'Right'
      ? []
      : [error(['retention', name], `expected ${codec.name}`)],
  )

/** Everything that is wrong with the options, errors and warnings, in the order of the options. */
export const validateOptions = (options: Options): readonly Problem[] => {
  const plugins = options.plugins.filter(isPlugin)
  // Who declares what cannot be told while something among the plugins is none.
  const isKnown = ({ path: [part, command, ...rest] }: Problem): boolean =>
    plugins.length === options.plugins.length ||
    (part !== 'routes' && part !== 'decisions') ||
    typeof command === 'number' ||
    rest.length > 0 ||
    plugins.some((plugin) => plugin.command === command)
  const known = { ...options, plugins }
  return [
    ...appProblems(options.apps),
    ...pluginProblems(options.plugins),
    ...sinkProblems(options.sinks),
    ...[...routeProblems(known), ...decisionProblems(known)].filter(isKnown),
    ...retentionProblems(options),
  ]
}
